"""Names of attachments: what is written to disk, what is called dangerous."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import mime_parse
from desktop.domain.mail.names import MAX_NAME_BYTES, Danger, danger, safe_name

RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}

HOSTILE = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "/etc/shadow": "shadow",
    "C:\\Windows\\evil.exe": "evil.exe",
    "C:evil.txt": "C_evil.txt",
    "\\\\server\\share\\x.txt": "x.txt",
    "file:///etc/passwd": "passwd",
    "~/.ssh/id_rsa": "id_rsa",
    "..": "",
    ".": "",
    "...": "",
    "/": "",
    "": "",
    "   ": "",
    ".bashrc": "bashrc",
    "..hidden.txt": "hidden.txt",
    "-rf.txt": "rf.txt",
    "--help": "help",
    "a\0.txt": "a.txt",
    "a.txt\0.exe": "a.txt.exe",
    "a\nb.txt": "a_b.txt",
    "a\r\nContent-Type: x.txt": "a__Content-Type_ x.txt",
    "a\x1b[31m.txt": "a_[31m.txt",
    "a\x7f\x85b.txt": "a__b.txt",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "in\u2066voice\u2069.pdf": "invoice.pdf",
    "a\u200b.txt": "a.txt",
    "\ufeffa.txt": "a.txt",
    "a.txt.": "a.txt",
    "a.txt...": "a.txt",
    "a.txt   ": "a.txt",
    "a.txt. . .": "a.txt",
    "photo.jpg" + " " * 200 + ".exe": "photo.jpg .exe",
    "photo.jpg\u00a0\u00a0\u00a0.exe": "photo.jpg .exe",
    "photo.jpg\u3000.exe": "photo.jpg .exe",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "AUX.tar.gz": "_AUX.tar.gz",
    "nul": "_nul",
    "COM1.log": "_COM1.log",
    "lpt9": "_lpt9",
    "COM\u00b9.txt": "_COM\u00b9.txt",
    "con .txt": "_con .txt",
    "console.txt": "console.txt",
    "a:b.txt": "a_b.txt",
    "a.txt:stream": "a.txt_stream",
    'a"b<c>d|e?f*g.txt': "a_b_c_d_e_f_g.txt",
    "=?utf-8?q?=2E=2E=2Fevil.txt?=": "evil.txt",
    "=?utf-8?b?Li4vLi4vZXZpbC50eHQ=?=": "evil.txt",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=2E=2E=2Fevil=3F=3D?=": "evil",
    "%2e%2e%2fevil.txt": "evil.txt",
    "..%2f..%5cevil.txt": "evil.txt",
    "a\u2215b.txt": "a_b.txt",
    "..\uff0fevil.txt": "_evil.txt",
    "a\u2044..\u2044b.txt": "a_.._b.txt",
    "re\u0301sume\u0301.pdf": "r\u00e9sum\u00e9.pdf",
    "\ud800a.txt": "_a.txt",
    "отчёт.pdf": "отчёт.pdf",
    "报告.docx": "报告.docx",
    "plain name (1).txt": "plain name (1).txt",
    "a/b/": "",
    "desktop.ini/..": "",
    "x" * 300 + ".pdf": "x" * (MAX_NAME_BYTES - 4) + ".pdf",
    "ж" * 300 + ".pdf": "ж" * ((MAX_NAME_BYTES - 4) // 2) + ".pdf",
    "a." + "x" * 300: "a." + "x" * (MAX_NAME_BYTES - 2),
}


def assert_one_component(name: str) -> None:
    assert PurePosixPath(name).name == name
    assert PureWindowsPath(name).name == name
    assert not PureWindowsPath(name).drive
    assert name == name.strip(" .")
    assert not name.startswith(("-", "~", "."))
    assert name.partition(".")[0].strip().lower() not in RESERVED
    assert len(name.encode("utf-8")) <= MAX_NAME_BYTES
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in name)
    assert safe_name(name) == name


@pytest.mark.parametrize("raw", HOSTILE)
def test_m03_c20_hostile_names(raw: str) -> None:
    assert safe_name(raw) == HOSTILE[raw]
    if HOSTILE[raw]:
        assert_one_component(safe_name(raw))


def test_c20_there_are_sixty_kinds() -> None:
    assert len(HOSTILE) >= 60


@given(st.text(max_size=400) | st.lists(st.sampled_from(list(HOSTILE)), max_size=4).map("".join))
def test_c20_any_text_is_one_component_or_nothing(raw: str) -> None:
    name = safe_name(raw)

    if name:
        assert_one_component(name)


def test_m03_a_name_encoded_in_the_header_is_made_safe_after_decoding() -> None:
    raw = (
        b"From: a@x.example\r\nContent-Type: application/x; name*=utf-8''%2e%2e%2f%2e%2e%2fevil.sh\r\n"
        b'Content-Disposition: attachment; filename="=?utf-8?q?=2E=2E=2F?= =?utf-8?q?evil=2Esh?="\r\n\r\nx'
    )

    assert [part.name for part in mime_parse.parse(raw).parts] == ["evil.sh"]


@pytest.mark.parametrize(
    "name",
    """a.exe a.scr a.js a.jse a.vbs a.hta a.lnk a.url a.desktop a.AppImage a.jar a.msi a.ps1 a.pssc a.chm a.reg
    a.sh a.py a.settingcontent-ms a.library-ms a.bat a.cmd a.com a.pif a.cpl a.wsf a.jnlp a.apk a.deb a.rpm
    a.command""".split(),
)
def test_c21_programs(name: str) -> None:
    assert danger(name, "application/octet-stream") is Danger.PROGRAM


@pytest.mark.parametrize(
    ("name", "media_type", "first", "expected"),
    [
        ("a.docm", "", b"", Danger.MACROS),
        ("a.xlsm", "", b"", Danger.MACROS),
        ("a.one", "", b"", Danger.MACROS),
        ("a.iso", "", b"", Danger.DISK),
        ("a.img", "", b"", Danger.DISK),
        ("a.vhd", "", b"", Danger.DISK),
        ("a.html", "text/html", b"", Danger.ACTIVE),
        ("a.svg", "image/svg+xml", b"", Danger.ACTIVE),
        ("a.xhtml", "", b"", Danger.ACTIVE),
        ("noname", "text/html", b"", Danger.ACTIVE),
        ("photo.jpg.exe", "image/jpeg", b"", Danger.DISGUISED),
        ("photo.jpg" + " " * 80 + ".exe", "", b"", Danger.DISGUISED),
        ("invoice\u202efdp.exe", "", b"", Danger.PROGRAM),
        ("invoice\u202excod.pdf", "application/pdf", b"", Danger.DISGUISED),
        ("a.pdf", "application/x-msdownload", b"", Danger.DISGUISED),
        ("a.pdf", "application/pdf", b"MZ\x90\x00\x03\x00" + b"\0" * 60, Danger.DISGUISED),
        ("a.jpg", "image/jpeg", b"<html><script>" + b"x" * 60, Danger.DISGUISED),
        ("a.png", "image/png", b"#!/bin/sh\n" + b"x" * 60, Danger.DISGUISED),
        ("readme", "application/octet-stream", b"\x7fELF" + b"\0" * 60, Danger.PROGRAM),
        ("a.pdf", "text/html", b"", Danger.DISGUISED),
        ("a.jpg", "text/plain", b"", None),
        ("a.jpg", "text/calendar", b"", Danger.DISGUISED),
        ("a.pdf", "application/pdf", b"%PDF-1.7 and so on ..", None),
        ("a.docx", "application/vnd.openxmlformats", b"PK\x03\x04" + b"\0" * 60, None),
        ("a.txt", "text/plain", b"MZ is how this sentence begins, and it goes on for more than 64 bytes", None),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 60, None),
        ("отчёт.xlsx", "application/octet-stream", b"PK\x03\x04" + b"\0" * 60, None),
        ("a.ics", "text/calendar", b"BEGIN:VCALENDAR", None),
        ("mail.eml", "message/rfc822", b"From: x", None),
        ("", "application/octet-stream", b"", None),
    ],
)
def test_c21_type_name_and_content(name: str, media_type: str, first: bytes, expected: Danger | None) -> None:
    assert danger(name, media_type, first) is expected


@pytest.mark.parametrize(
    "name",
    """a.kdelnk a.flatpak a.flatpakref a.wsb a.appcontent-ms a.diagcfg a.diagpkg a.ppkg a.webpnp a.php a.php3 a.phar
    a.inetloc a.fileloc a.ftploc a.mobileconfig a.mpkg a.shar a.asx a.udeb a.nsh a.crt a.saver a.xip""".split(),
)
def test_c21_programs_others_refuse_too(name: str) -> None:
    assert danger(name, "application/octet-stream") is Danger.PROGRAM


PAGES = [
    b"<!-- x --><script>alert(1)</script>",
    b"<!-- x -->\n<!-- y --><p>",
    b"<!-- " + b"x" * 600,
    b"\xef\xbb\xbf \r\n<title>a</title>",
    b" \xef\xbb\xbf<h1>a</h1>",
    *(f"<{tag} x=1>".encode() for tag in "html head title body h1 table a img p div style meta script iframe".split()),
    b"<svg/onload=alert(1)>",
    b"<!DOCTYPE html>",
    b"<!DocType HTML PUBLIC>",
    b"<P>",
    "\ufeff<script>".encode("utf-16-le"),
    "\ufeff<p>".encode("utf-16-be"),
    # what shared-mime-info finds near the beginning
    b"anything <script>alert(1)</script>",
    b"x" * 250 + b"<HTML>",
]


@pytest.mark.parametrize("first", PAGES)
@pytest.mark.parametrize("name", ["invoice", "invoice.1", "invoice.unknown"])
@pytest.mark.parametrize("media_type", ["application/octet-stream", "text/plain"])
def test_c21_c23_a_page_without_the_name_of_one(name: str, media_type: str, first: bytes) -> None:
    assert danger(name, media_type, (first + b" " * 512)[:512]) is Danger.ACTIVE


@pytest.mark.parametrize(
    ("name", "media_type", "first"),
    [
        ("notes.txt", "text/plain", b"The <title> of a page and its <script> are told apart by the parser."),
        ("README.md", "text/markdown", b'<p align="center"><img src="logo.png"></p>'),
        ("fix.patch", "text/x-diff", b"--- a/x.html\n+++ b/x.html\n@@ -1 +1 @@\n-<html>\n+<html lang=en>"),
        ("mail.eml", "message/rfc822", b"Content-Type: text/html\n\n<html><body>"),
        ("", "message/rfc822", b"Content-Type: text/html\n\n<html><body>"),
        ("list", "text/plain", b"<anna@example.org> wrote: all is well"),
        ("report.xls", "application/vnd.ms-excel", b"<table><tr><td>1</td></tr></table>"),
        ("drawing.dia", "application/octet-stream", b"\x1f\x8b\x08\0" + bytes(60)),
        ("comic.cbr", "application/octet-stream", b"Rar!\x1a\x07\0" + bytes(60)),
        ("offer 1.250", "application/octet-stream", b"words"),
    ],
)
def test_c21_honest_files_that_look_alike(name: str, media_type: str, first: bytes) -> None:
    assert danger(name, media_type, first) is None


@pytest.mark.parametrize(
    ("name", "media_type", "first", "expected"),
    [
        *((f"a.{ends}", "", b"", Danger.SEALED) for ends in "rar 7z tar tar.gz tgz txz xz bz2 gz zst r00 001".split()),
        *((f"a.{ends}", "", b"", Danger.DISK) for ends in "iso img vhd vhdx vmdk dmg qcow2 ova".split()),
        ("a.cab", "", b"", Danger.PROGRAM),
        ("report.pdf.7z", "application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c" + bytes(60), Danger.SEALED),
        ("a", "application/octet-stream", b"Rar!\x1a\x07\x01\0" + bytes(60), Danger.SEALED),
        ("a.unknown", "application/octet-stream", b"\x1f\x8b\x08\0" + bytes(60), Danger.SEALED),
        ("a", "application/vnd.rar", b"", Danger.SEALED),
        ("a.zip", "application/zip", b"Rar!\x1a\x07\x01\0" + bytes(60), Danger.DISGUISED),
        ("a", "text/plain", b"\n# x\n[Desktop Entry]\nExec=x" + bytes(60), Danger.PROGRAM),
        ("a", "text/plain", b"[KDE Desktop Entry]\nExec=x" + bytes(60), Danger.PROGRAM),
    ],
)
def test_c21_archives_nobody_looks_into(name: str, media_type: str, first: bytes, expected: Danger) -> None:
    assert danger(name, media_type, first) is expected
