"""
A mail server on loopback, as Debian packages it: Postfix takes mail, Dovecot knows who may send and shows what came.

STARTTLS and a login are required. User `cell` is `news@cell.example`, `list` is `all@list.example`; there is nobody
else, and no mail leaves: every other host answers that it is outside. All of it lives in a folder of its own; it needs
root, as Postfix does, to give its parts users of their own.
"""

import email
import email.policy
import imaplib
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from tests.servers import ports
from tests.servers.smtp_server import certificate

PASSWORD = "canary-of-the-submission"
BOXES = {"cell": "news@cell.example", "list": "all@list.example"}
LARGEST = 60_000  #: octets of a message
PACKAGES = "--no-install-recommends postfix dovecot-imapd"
NEEDED = ("postfix", "dovecot")
_PATIENCE = 60.0  #: seconds until it has to answer
_OWNER = 65_534  # nobody: who reads a mailbox here is nobody else
_MAIN = """
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.cell.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/29
maillog_file = /dev/stdout
default_database_type = texthash
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:outside
relay_transport = error:outside
virtual_mailbox_domains = cell.example list.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/boxes
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
message_size_limit = {largest}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/run/auth-client
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_restrictions =
smtpd_error_sleep_time = 0
smtpd_junk_command_limit = 1000
"""
_MASTER = """
{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""
_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{folder}/mail/%n
mail_uid = {owner}
mail_gid = {owner}
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/etc/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
"""


def why_not() -> str | None:
    """Return why the server cannot be run here, or None."""
    missing = [name for name in NEEDED if _program(name) is None]
    if missing:
        return f"needs {' and '.join(missing)} (as root on Debian: apt-get install {PACKAGES})"
    return None if os.geteuid() == 0 else "needs root, as Postfix does"


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class PostfixServer:
    """The processes; a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cordiale-mail-"))
        self.port, self.imap = ports.free(2)
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._folder.chmod(0o755)
        for name in ("etc", "queue", "data", "mail", "run", "tls"):
            (self._folder / name).mkdir()
        chain, key = certificate(self._folder / "tls")
        shutil.chown(self._folder / "data", "postfix")
        values = {"folder": self._folder, "certificate": chain, "key": key, "owner": _OWNER, "largest": LARGEST}
        etc = self._folder / "etc"
        (etc / "main.cf").write_text(_MAIN.format(**values))
        (etc / "master.cf").write_text(_MASTER.format(port=f"127.0.0.1:{self.port}"))
        (etc / "dovecot.conf").write_text(_DOVECOT.format(imap=self.imap, **values))
        (etc / "boxes").write_text("".join(f"{address} {user}/\n" for user, address in BOXES.items()))
        (etc / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in BOXES))
        for user in BOXES:
            os.chown(self._make(self._folder / "mail" / user), _OWNER, _OWNER)
        os.chown(self._folder / "mail", _OWNER, _OWNER)
        self._log = (self._folder / "postfix.log").open("wb")
        try:
            self._start("dovecot", "-F", "-c", str(etc / "dovecot.conf"))
            self._until((self._folder / "run" / "auth-client").exists)
            self._start("postfix", "-c", str(etc), "start-fg")
            self._until(self._answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(timeout=60)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def messages(self, user: str = "list") -> list[EmailMessage]:
        """Return what *user* reads over IMAP, oldest first."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw(user)]  # type: ignore[misc]

    def raw(self, user: str = "list") -> list[bytes]:
        """Return the same, octet by octet."""
        with self._box(user) as box:
            _, [numbers] = box.search(None, "ALL")
            found = [box.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers.split()]
        return [each[1] for each in found if isinstance(each, tuple)]

    def waited(self, wanted: Any, user: str = "list") -> EmailMessage:
        """Return the first message of *user* that is *wanted*, as soon as it is there."""
        found: list[EmailMessage] = []

        def there() -> bool:
            found[:] = [each for each in self.messages(user) if wanted(each)]
            return bool(found)

        self._until(there)
        return found[0]

    def _box(self, user: str) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.imap, timeout=30)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        box.starttls(context)
        box.login(user, PASSWORD)
        box.select("INBOX", readonly=True)
        return box

    def _make(self, folder: Path) -> Path:
        folder.mkdir()
        return folder

    def _start(self, *command: str) -> None:
        program = _program(command[0])
        assert program
        self._processes.append(subprocess.Popen([program, *command[1:]], stdout=self._log, stderr=self._log))

    def _answers(self) -> bool:
        import smtplib

        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as server:
                return server.ehlo()[0] == 250
        except OSError:
            return False

    def _until(self, ready: Any) -> None:
        """Wait until *ready*; a process that ends instead tells why."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and all(each.poll() is None for each in self._processes):
            if ready():
                return
            time.sleep(0.1)  # none tells anybody when it is up, or when a mail has come
        logs = "".join(each.read_text(errors="replace")[-3000:] for each in self._folder.glob("*.log"))
        message = f"The mail server does not do what is awaited: {logs}"
        raise RuntimeError(message)
