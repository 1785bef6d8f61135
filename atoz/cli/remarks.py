"""What was noticed while a file was read, as lines on standard error in the language that is asked for."""

from atoz.cli.error_texts import sentence_in
from atoz.cli.output import asked_language, note, said
from atoz.sources.parse_result import Level, Note


def show_remark(file: str, remark: Note) -> None:
    """Print one note: the file, how much it matters, where in the file, what, and its code."""
    where = f"{remark.path}: " if remark.path else ""
    levels = {Level.INFO: said("level_info"), Level.WARN: said("level_warn"), Level.ERROR: said("level_error")}
    note(f"{file}: {levels[remark.level]}: {where}{remark_detail(remark.code, remark.detail)} [{remark.code}]")


def remark_detail(code: str, detail: str) -> str:
    """What a note says."""
    return sentence_in(code, detail, asked_language())
