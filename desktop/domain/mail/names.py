"""File names of attachments: safe to write, honest to read; and what is dangerous to open. Pure.

A name comes from the sender. `safe_name` is applied after the last decoding, so that nothing that was encoded can
turn into a path; `danger` looks at the name, the declared type and the first bytes, because any of them may lie.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from desktop.domain.mail import header
from desktop.domain.mail.vocabulary import words

MAX_NAME_BYTES = 200
"""Below the 255 bytes of file systems, so that " (2)" and a temporary suffix still fit."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ ()+,=@-]{0,99}\.[A-Za-z0-9]{1,5}")
_BAD = re.compile('[\x00-\x1f\x7f-\x9f<>:"/\\\\|?*\ud800-\udfff\ufffe\uffff]')
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))", re.IGNORECASE
)
_PERCENT_MEANS = {"%2e": ".", "%2f": "/", "%5c": "/", "%00": "", "%25": "_"}
_PERCENT = re.compile(r"%(?:2e|2f|5c|00|25)", re.IGNORECASE)
_SLASHES = re.compile(r"[/\\]")
"""In a subject they are words; `safe_name` would take them for a path and keep its end."""
_LONGEST_SUBJECT = 80
_SLASH_ALIKE = str.maketrans(dict.fromkeys("\u2044\u2215\u29f8\uff0f\uff3c\u2216", "_"))


def safe_name(raw_name: str) -> str:
    """Return a name that is one path component on every system; "" when nothing is left of it.

    No separators, drives, control or invisible characters, overrides of direction, reserved names, leading dots or
    dashes, trailing dots or spaces, and never longer than MAX_NAME_BYTES; the real extension stays visible.
    """
    if _PLAIN.fullmatch(raw_name) and not _RESERVED.match(raw_name):
        return " ".join(raw_name.split()) if "  " in raw_name else raw_name
    name = raw_name[:2000]
    for _ in range(3):
        # encoded again inside: decoded until nothing changes, so that the last reader finds nothing to decode
        decoded = header.words(name) if "=?" in name else name
        if decoded == name:
            break
        name = decoded
    name = unicodedata.normalize("NFC", name)
    name = _INVISIBLE.sub("", name)
    name = _PERCENT.sub(lambda match: _PERCENT_MEANS[match[0].lower()], name).replace("\0", "")
    name = name.translate(_SLASH_ALIKE)
    # only the last component counts; a path of any system goes
    name = re.split(r"[/\\]", name)[-1] if re.search(r"[/\\]", name) else name
    name = " ".join(_BAD.sub("_", name).split())
    name = name.strip(" .").lstrip("-~ .").rstrip(" .")
    if _RESERVED.match(name):
        name = "_" + name
    return _shortened(name)


def name_of_mail(subject: str) -> str:
    """Return what the file of a mail is called, without its extension: the words of its subject."""
    return safe_name(_SLASHES.sub("_", subject[:_LONGEST_SUBJECT])) or "mail"


def _shortened(name: str) -> str:
    if len(name.encode("utf-8")) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode("utf-8")) > 20:
        stem, dot, extension = name, "", ""
    room = MAX_NAME_BYTES - len((dot + extension).encode("utf-8"))
    return stem.encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .") + dot + extension


class Danger(StrEnum):
    """Why an attachment is not opened with a click. The text for people is made in the ui."""

    PROGRAM = "program"
    """Runs on opening: programs, scripts, installers, shortcuts."""
    MACROS = "macros"
    """An office document that may carry macros."""
    ACTIVE = "active"
    """HTML, SVG and their kind: opens in a browser with the sender's script."""
    DISK = "disk"
    """A disk image or an archive that hides where its files came from."""
    DISGUISED = "disguised"
    """Name, declared type and content do not agree, or the name hides its real extension."""
    PACKED = "packed"
    """An archive with one of these inside."""
    SEALED = "sealed"
    """An archive that cannot be looked into, or that nobody here looks into."""


_PROGRAM = words(
    """ade adp air apk app appimage appinstaller application appref-ms appx appxbundle asp aspx bas bash bat bin
    bpl cab cdxml cer chm class cmd cnt com command cpl crx csh deb dek desktop diagcab dll dmp drv elf exe ex_
    fish fon fxp gadget grp hlp hpj hta htc inf ins iqy isp its jar jnlp js jse kext ko ksh lib lnk mad maf mag
    mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml mmc ms msc msh msh1 msh1xml msh2
    msh2xml mshxml msi msix msixbundle msp mst msu mjs ocx ops osd out oxt paf pcd php pif pkg pl plg prf prg
    printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 pssc pst py pyc pyd pyo pyw pyz pyzw rb rdp reg rpm
    run scf scpt scr sct search-ms searchconnector-ms sh shb shs slk sldm snap so service settingcontent-ms sys
    terminal theme themepack timer tmp tool udl url vb vbe vbp vbs vsmacros vsw vxd webloc website wcx widget
    workflow ws wsc wsf wsh xbap xll xnk xpi zsh library-ms elc rgs u3p cpi action coffee lua tcl ahk au3
    flatpakref flatpakrepo wbk xlw sql3 afploc appcontent-ms applescript asx ax bgi btapp bundle cgi chi crt der dex
    diagcfg diagpkg dqy efi ex fileloc flatpak ftploc ica inetloc internetconnect inx isu job jsp jspx kdelnk
    kwinscript mailloc mcf mobileconfig mobileprovision mof mpkg networkconnect nsh odc oqy osax phar php3 php4 php5
    php7 php8 phps pht phtml plasmoid plugin ppkg prefpane provxml qlgenerator rbw rdpw remmina rqy safariextz
    saver scptd sfx shar shortcut tcsh udeb vba vbox-extpack vbx vsix vsto wdgt webpnp wflow wsb xip xonsh xrm-ms"""
)
_MACROS = words(
    """docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm one onepkg onetoc onetoc2 pub xla xlm wiz accda accdb
    accde"""
)
_ACTIVE = words(
    """html htm xhtml xht shtml svg svgz xml xsl xslt xul hxs mathml swf pdfxml eml.html htx stm htt
    shtm sht dhtml jhtml webarchive maff"""
)
_DISK = words(
    """iso img vhd vhdx avhd avhdx vmdk dmg udf wim swm esd toast daa nrg bz2x ace arj lzh uue uu xxe hqx cpio vdi hdd
    qcow qcow2 squashfs isz mds mdf ccd bwt b5t b6t ova ovf dmgpart imgpart ndif sparseimage sparsebundle dc42 dvdr"""
)
_SEALED = words(
    """rar rev 7z tar gtar tgz taz tbz tb2 tbz2 tz2 tlz txz tzst tzo gz bz bz2 xz lz lzo lz4 lzma zst z br lha zoo zpaq
    arc alz egg sit sitx zipx cpgz pax pea paq8 xar kgb shk sqx uha"""
)
"""Archives nobody here looks into, and parts of them."""
_SEALED_PART = re.compile(r"[rz]\d\d|0\d\d")
_SEALED_TYPES = words(
    """application/vnd.rar application/x-rar application/x-rar-compressed application/x-7z-compressed application/x-tar
    application/x-gtar application/gzip application/x-gzip application/x-compressed-tar application/x-bzip
    application/x-bzip2 application/x-xz application/x-lzma application/zstd application/x-lzip application/x-lha
    application/x-xar application/x-stuffit application/x-compress application/x-compressed"""
)
_SEALED_MAGIC = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|\x1f\x9d|BZh[1-9]1AY|\xfd7zXZ\0|LZIP\x01|\x28\xb5\x2f\xfd|xar!\0"
    rb"|StuffIt "
)
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_PACKED_DOCUMENTS = words(
    "cbr cb7 cbt abw zabw dia gnucash xopp blend emz wmz mat ggb nii rds rdata rda vgm vgz mscx xcf nbt"
)
"""Packed as a whole, but opened by their own programs."""
_DOCUMENT = words(
    "txt pdf doc docx xls xlsx ppt pptx odt ods odp rtf csv jpg jpeg png gif webp bmp tif tiff mp3 mp4 avi zip"
)

_PROGRAM_TYPES = words(
    """application/x-msdownload application/x-msdos-program application/x-dosexec application/x-executable
    application/x-sharedlib application/x-elf application/x-sh application/x-shellscript application/x-desktop
    application/x-bat application/hta application/x-ms-shortcut application/java-archive
    application/x-java-archive application/vnd.microsoft.portable-executable application/x-msi
    application/javascript text/javascript application/x-javascript application/ecmascript application/x-perl
    text/x-python application/x-python-code application/vnd.android.package-archive application/x-ms-application
    application/x-apple-diskimage text/vbscript application/x-mach-binary application/x-vbs
    application/x-powershell text/x-shellscript application/x-csh"""
)
_ACTIVE_TYPES = words(
    "text/html application/xhtml+xml image/svg+xml text/xml application/xml application/x-shockwave-flash"
)

_PE, _ELF = b"MZ", b"\x7fELF"
_PROGRAM_MAGIC = (
    _ELF, b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\x00\x00\x00\x01\x14\x02\x00", b"[InternetShortcut]", b"[Desktop Action", b"[KDE Desktop Entry]", b"!<arch>\n",
    b"ITSF\x03\x00",
)  # fmt: skip
_SHORTCUT, _SHORTCUT_WITHIN = b"[Desktop Entry]", 47
# extension -> what a file of that kind begins with
_MAGIC = {
    "pdf": (b"%PDF",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF8",),
    "zip": (b"PK",),
    "docx": (b"PK", b"\xd0\xcf\x11\xe0"),
    "xlsx": (b"PK", b"\xd0\xcf\x11\xe0"),
    "pptx": (b"PK", b"\xd0\xcf\x11\xe0"),
    "odt": (b"PK",),
    "ods": (b"PK",),
    "odp": (b"PK",),
    "webp": (b"RIFF",),
    "bmp": (b"BM",),
}
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|\?xml|iframe|body|head)\b", re.IGNORECASE)
_MARKUP_BEGIN = re.compile(
    rb"<(?:!--|!doctype\b|h1|body|(?:a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bgsound"
    rb"|blockquote|br|button|canvas|caption|center|code|col|dd|details|dialog|dir|div|dl|dt|em|embed|fieldset|figure"
    rb"|font|footer|form|frame|frameset|h[1-6]|header|hr|i|img|image|input|isindex|label|layer|li|link|main|map|marquee"
    rb"|math|menu|meta|nav|nobr|noframes|noscript|object|ol|p|param|picture|plaintext|pre|s|section|select|small|source"
    rb"|span|strong|style|sub|sup|table|tbody|td|template|textarea|th|thead|tr|track|tt|u|ul|var|video|xmp)(?=[\s/>]))",
    re.IGNORECASE,
)
_MARKUP_NEAR = re.compile(rb"<(?:!doctype\s+(?:html|svg)|head|html|script|title|svg)|//W3C//DTD XHTML ", re.IGNORECASE)
_NEAR = 256 + 16
"""As far as shared-mime-info looks for a page in a file whose name says nothing."""
_TEXTS = words(
    """txt text csv tsv md markdown rst adoc log eml ics ifb vcs vcf tex bib json yaml yml toml ini cfg conf diff patch
    c h cc cpp hpp cs java kt go rs swift ts css scss sql srt vtt po pot asc sig p7s p7m p7c pem rtf ps eps ai"""
)
"""With _DOCUMENT: their names alone say what opens them, so that words about tags are no page."""
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/", "jpeg": "image/", "gif": "image/", "webp": "image/",
    "txt": "text/", "csv": "text/",
}  # fmt: skip
_VAGUE_TYPES = words(
    """application/octet-stream application/binary application/unknown application/x-unknown
    application/force-download application/download application/x-download binary/octet-stream
    application/vnd.ms-excel text/plain"""
)
_HIDDEN_EXTENSION = re.compile(r"\.[A-Za-z0-9]{2,4}[\s_.]{3,}\S*\.[A-Za-z0-9_-]{1,20}$")


def extension(name: str) -> str:
    """Return the extension without its dot, in lower case; "" without one."""
    _stem, dot, tail = name.rpartition(".")
    return tail.strip(" ").lower() if dot else ""


def danger(name: str, media_type: str, first_bytes: bytes = b"") -> Danger | None:
    """Say what is dangerous about opening an attachment; None when nothing is known to be.

    `name` may be the raw one: hidden characters in it are a reason. `first_bytes` are the first 512, or at least 64.
    """
    safe = safe_name(name)
    ends = extension(safe)
    before = extension(safe[: -len(ends) - 1]) if ends else ""
    if _runs(ends, media_type, first_bytes):
        return Danger.DISGUISED if before in _DOCUMENT or _lies(ends, media_type, first_bytes) else Danger.PROGRAM
    if ends in _MACROS or "macroenabled" in media_type:
        return Danger.MACROS
    if ends in _DISK:
        return Danger.DISK
    if ends in _ACTIVE or media_type in _ACTIVE_TYPES or _is_page(ends, media_type, first_bytes):
        return Danger.DISGUISED if ends in _MAGIC else Danger.ACTIVE
    if _INVISIBLE.search(name.replace("\ufe0f", "").replace("\u200d", "")) or _HIDDEN_EXTENSION.search(safe):
        return Danger.DISGUISED
    if _lies(ends, media_type, first_bytes):
        return Danger.DISGUISED
    return Danger.SEALED if _is_sealed(ends, media_type, first_bytes) else None


def _is_page(ends: str, media_type: str, first_bytes: bytes) -> bool:
    """Say whether a browser would be given it: as systems do, by the content where the name does not decide."""
    encoding = _UTF16.get(first_bytes[:2])
    if encoding is not None:
        first_bytes = first_bytes[2:].decode(encoding, "replace").encode()
    begin = first_bytes.lstrip().removeprefix(b"\xef\xbb\xbf").lstrip()
    decided = ends in _TEXTS or ends in _DOCUMENT
    if _MARKUP.match(begin) or (not decided and _MARKUP_BEGIN.match(begin)):
        return True
    # the fields of a mail within a mail are no text of a page
    return not decided and not media_type.startswith("message/") and bool(_MARKUP_NEAR.search(first_bytes[:_NEAR]))


def _is_sealed(ends: str, media_type: str, first_bytes: bytes) -> bool:
    if ends in _SEALED or _SEALED_PART.fullmatch(ends) or (not ends and media_type in _SEALED_TYPES):
        return True
    if ends in _PACKED_DOCUMENTS:
        return False
    return bool(_SEALED_MAGIC.match(first_bytes)) or first_bytes.startswith(_TAR_MAGIC, _TAR_MAGIC_AT)


def _runs(ends: str, media_type: str, first_bytes: bytes) -> bool:
    if ends in _PROGRAM or media_type in _PROGRAM_TYPES or first_bytes.startswith(_PROGRAM_MAGIC):
        return True
    if _SHORTCUT in first_bytes[:_SHORTCUT_WITHIN] and ends not in _TEXTS:
        return True
    # "MZ" alone also begins honest words: a program says where its new header lies, and that is no text
    return first_bytes.startswith(_PE) and (len(first_bytes) < 64 or b"\0" in first_bytes[:64])


def _lies(ends: str, media_type: str, first_bytes: bytes) -> bool:
    magic = _MAGIC.get(ends)
    if magic and len(first_bytes) >= 8 and not first_bytes.lstrip().startswith(magic):
        return True
    if ends in _DOCUMENT and media_type in _PROGRAM_TYPES | _ACTIVE_TYPES:
        return True
    wanted = _TYPES.get(ends, "")
    if not wanted or wanted == "text/" or media_type in _VAGUE_TYPES or media_type.startswith(wanted):
        return False
    return media_type.partition("/")[0] in {"image", "text", "audio", "video"}
