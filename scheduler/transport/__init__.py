"""The one door to the network (`door`), an HTTP and an SMTP client. Nothing else imports aiohttp or aiosmtplib."""
