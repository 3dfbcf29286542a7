# ruff: noqa: E501, ISC004, RUF001 (sentences stand whole; Arabic and French typography)
"""The words of the register's pages, in English, French and Arabic: one table, so that none is forgotten."""

from dataclasses import dataclass

from campaigns.locales import Direction


@dataclass(frozen=True)
class Words:
    """The words of one language. Braces stand for what is filled in."""

    language: str
    own_name: str
    direction: Direction
    title: str
    lead: str
    rehearsal: str
    skip: str
    home: str
    languages: str
    count: tuple[str, str]  #: one, several
    withdrawn_count: str
    latest: str
    nothing: str
    check_title: str
    check: tuple[str, ...]
    files_title: str
    files: str
    by_date: str
    by_channel: str
    by_campaign: str
    withdrawn: str
    withdrawn_lead: str
    of_channel: str
    of_campaign: str
    page_of: str
    pages: str
    earlier: str
    later: str
    published: str
    issuer: str
    partners: str
    channel: str
    seen_at: str
    language_of: str
    campaign: str
    name: str
    digest: str
    text_digest: str
    media: str
    warning: str
    part_of: str
    text: str
    state: str
    proof: str
    stands: str
    corrected: str
    corrected_by: str
    correction_of: str
    retracted: str
    retracting: str
    tombstone: str
    withheld: str


ENGLISH = Words(
    language="en-GB",
    own_name="English",
    direction="ltr",
    title="Public register of publications",
    lead="Everything that these governments published together through Cordiale, word for word: what was said, where, "
    "when and by whom, and what was corrected or taken down since.",
    rehearsal="Rehearsal: nothing on these pages was published for anybody.",
    skip="Skip to the content",
    home="Register",
    languages="Languages",
    count=("{} publication", "{} publications"),
    withdrawn_count="{} corrected or taken down",
    latest="Last change: {}",
    nothing="Nothing has been published yet.",
    check_title="Check a text",
    check=(
        "A text that you have seen is official only if every word, figure and link of it stands here.",
        'Compare it by eye, or by machine: cordiale register check "TEXT" --register FOLDER --key KEY. It works without '
        "a network, on a copy of this folder, and tells a changed word from what platforms do to texts.",
    ),
    files_title="For machines",
    files="The register as signed JSON, its signature, its keys and its form:",
    by_date="By date",
    by_channel="By channel",
    by_campaign="By campaign",
    withdrawn="Corrected and taken down",
    withdrawn_lead="What was official and is not any more. Copies of it may still be about.",
    of_channel="Channel {}",
    of_campaign="Campaign {}",
    page_of="page {} of {}",
    pages="Pages",
    earlier="Earlier",
    later="Later",
    published="Published",
    issuer="Issued by",
    partners="Signed by",
    channel="Channel",
    seen_at="To be seen at",
    language_of="Language",
    campaign="Campaign",
    name="Name",
    digest="Digest of what was signed (SHA-256)",
    text_digest="Digest of the text (SHA-256)",
    media="File",
    warning="Shown before the text",
    part_of="Part {} of {}",
    text="Text",
    state="State",
    proof="Proof",
    stands="Official",
    corrected="Corrected",
    corrected_by="A later publication corrects it: {}",
    correction_of="It corrects an earlier publication: {}",
    retracted="Taken down",
    retracting="Being taken down",
    tombstone="Taken down on {when} by {who}. {why}",
    withheld="What was said is not repeated here.",
)
FRENCH = Words(
    language="fr-FR",
    own_name="Français",
    direction="ltr",
    title="Registre public des publications",
    lead="Tout ce que ces gouvernements ont publié ensemble avec Cordiale, mot pour mot : ce qui a été dit, où, quand et "
    "par qui, et ce qui a été corrigé ou retiré depuis.",
    rehearsal="Répétition : rien sur ces pages n’a été publié pour quiconque.",
    skip="Aller au contenu",
    home="Registre",
    languages="Langues",
    count=("{} publication", "{} publications"),
    withdrawn_count="{} corrigées ou retirées",
    latest="Dernier changement : {}",
    nothing="Rien n’a encore été publié.",
    check_title="Vérifier un texte",
    check=(
        "Un texte que vous avez vu n’est officiel que si chaque mot, chaque chiffre et chaque lien se trouve ici.",
        'Comparez à l’œil, ou à la machine : cordiale register check "TEXTE" --register DOSSIER --key CLÉ. Cela marche '
        "sans réseau, sur une copie de ce dossier, et distingue un mot changé de ce que les plateformes font aux textes.",
    ),
    files_title="Pour les machines",
    files="Le registre en JSON signé, sa signature, ses clés et sa forme :",
    by_date="Par date",
    by_channel="Par canal",
    by_campaign="Par campagne",
    withdrawn="Corrigé et retiré",
    withdrawn_lead="Ce qui a été officiel et ne l’est plus. Des copies peuvent encore circuler.",
    of_channel="Canal {}",
    of_campaign="Campagne {}",
    page_of="page {} sur {}",
    pages="Pages",
    earlier="Plus tôt",
    later="Plus tard",
    published="Publié",
    issuer="Émis par",
    partners="Signé par",
    channel="Canal",
    seen_at="À voir à l’adresse",
    language_of="Langue",
    campaign="Campagne",
    name="Nom",
    digest="Empreinte de ce qui a été signé (SHA-256)",
    text_digest="Empreinte du texte (SHA-256)",
    media="Fichier",
    warning="Affiché avant le texte",
    part_of="Partie {} sur {}",
    text="Texte",
    state="État",
    proof="Preuve",
    stands="Officiel",
    corrected="Corrigé",
    corrected_by="Une publication ultérieure le corrige : {}",
    correction_of="Il corrige une publication antérieure : {}",
    retracted="Retiré",
    retracting="En cours de retrait",
    tombstone="Retiré le {when} par {who}. {why}",
    withheld="Ce qui a été dit n’est pas répété ici.",
)
ARABIC = Words(
    language="ar",
    own_name="العربية",
    direction="rtl",
    title="السجل العام للمنشورات",
    lead="كل ما نشرته هذه الحكومات معًا عبر كورديال، كلمةً بكلمة: ما قيل وأين ومتى ومن قاله، وما صُحِّح أو سُحب منذ ذلك الحين.",
    rehearsal="تدريب: لم يُنشر شيء مما في هذه الصفحات لأحد.",
    skip="انتقل إلى المحتوى",
    home="السجل",
    languages="اللغات",
    count=("منشور واحد ({})", "عدد المنشورات: {}"),
    withdrawn_count="المصحَّح أو المسحوب منها: {}",
    latest="آخر تغيير: {}",
    nothing="لم يُنشر شيء بعد.",
    check_title="تحقق من نص",
    check=(
        "النص الذي رأيته لا يكون رسميًا إلا إذا ورد هنا كل ما فيه من كلمات وأرقام وروابط.",
        "قارنه بنفسك، أو بالأمر الآتي الذي يعمل دون اتصال على نسخة من هذا المجلد، ويميز الكلمة المغيَّرة مما تفعله المنصات بالنصوص: "
        '\u2066cordiale register check "TEXT" --register FOLDER --key KEY\u2069',
    ),
    files_title="للأجهزة",
    files="السجل بصيغة JSON موقَّعة، وتوقيعه ومفاتيحه وصيغته:",
    by_date="حسب التاريخ",
    by_channel="حسب القناة",
    by_campaign="حسب الحملة",
    withdrawn="المصحَّح والمسحوب",
    withdrawn_lead="ما كان رسميًا ولم يعد كذلك. قد تظل نسخ منه متداولة.",
    of_channel="القناة {}",
    of_campaign="الحملة {}",
    page_of="صفحة {} من {}",
    pages="الصفحات",
    earlier="الأقدم",
    later="الأحدث",
    published="تاريخ النشر",
    issuer="الجهة المُصدِرة",
    partners="الموقِّعون",
    channel="القناة",
    seen_at="يُشاهد على",
    language_of="اللغة",
    campaign="الحملة",
    name="الاسم",
    digest="بصمة ما وُقِّع (SHA-256)",
    text_digest="بصمة النص (SHA-256)",
    media="ملف",
    warning="يظهر قبل النص",
    part_of="الجزء {} من {}",
    text="النص",
    state="الحالة",
    proof="الإثبات",
    stands="رسمي",
    corrected="صُحِّح",
    corrected_by="يصححه منشور لاحق: {}",
    correction_of="يصحح منشورًا سابقًا: {}",
    retracted="سُحب",
    retracting="قيد السحب",
    tombstone="سُحب في {when}، وسحبته {who}. {why}",
    withheld="لا يُعاد هنا ما قيل.",
)
#: The folder of each language, with its words.
LANGUAGES: dict[str, Words] = {"en": ENGLISH, "fr": FRENCH, "ar": ARABIC}
