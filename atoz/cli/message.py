"""`atoz message`: check a message before it is sent, list and fill templates, list what Amazon lets you send."""

from typing import Annotated

import typer

from atoz.cli.answers import AllowedMessage, AllowedMessages, MessageCheck, TemplateList
from atoz.cli.drafts import SetValues, ValuesFile, show_draft, template_values, with_flags
from atoz.cli.exit_codes import Exit
from atoz.cli.files import read_object, read_text
from atoz.cli.options import AsJson, Lang, LanguageChoice, instant_option
from atoz.cli.output import show, show_json, show_lines
from atoz.cli.rules import OwnEdition, own_editions, read_noted
from atoz.errors import Fault, InvalidDocument
from atoz.messages.checker import check_message
from atoz.messages.findings import MessageKind, Severity
from atoz.messages.languages import languages_of
from atoz.messages.templates import Template, fill
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.record import parse_json, read_document
from atoz.report.phrases import say
from atoz.report.terminal_messages import findings_view, templates_view
from atoz.sources.sp_api.messaging import MESSAGING_ACTIONS, allowed_messages

message = typer.Typer(help="Messages to buyers and to Amazon: templates and a checker.", no_args_is_help=True)

About = Annotated[str | None, typer.Option("--about", metavar="FILE", help="The order or claim it is about, as JSON.")]


@message.command("check")
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message as text, or - for standard input.")],
    kind: Annotated[MessageKind, typer.Option(help="Who receives it, and what prompts it.")] = MessageKind.REPLY,
    about: About = None,
    edition: OwnEdition = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="When it will be sent, or `now`; the rules on message frequency need it."),
    ] = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Check a message against the rules and the record; exit with code 1 if anything is wrong with it."""
    text = read_text(file)
    if not text.strip():
        raise InvalidDocument(file, (Fault("", "empty", "the file is empty"),))
    known = _about(about, edition) if about else None
    claim, order = (known, None) if isinstance(known, Claim) else (None, known)
    sent = instant_option("at", at) if at else None
    findings = check_message(text, kind=kind, order=order, claim=claim, at=sent)
    if as_json:
        show_json(MessageCheck(message_kind=kind, languages=languages_of(text), findings=findings))
    else:
        show(findings_view(findings, lang.value))
    if any(finding.severity is not Severity.INFO for finding in findings):
        raise typer.Exit(Exit.FINDING)


@message.command("list")
def list_templates(as_json: AsJson = False, lang: Lang = LanguageChoice.EN) -> None:
    """List the message templates, when to use each, and the values it needs."""
    if as_json:
        show_json(TemplateList(templates=Template.all()))
    else:
        show(templates_view(Template.all(), lang.value))


@message.command("fill")
def fill_template(
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="The template's id; see `atoz message list`.")],
    about: Annotated[str, typer.Option("--about", metavar="FILE", help="The order or claim it is about, as JSON.")],
    edition: OwnEdition = None,
    pairs: SetValues = None,
    values_file: ValuesFile = None,
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Fill a template from an order or claim and your own values; advice on its use goes to standard error."""
    try:
        draft = fill(template, _about(about, edition), template_values(pairs, values_file))
    except InvalidDocument as invalid:
        raise with_flags(invalid) from None
    if as_json:
        show_json(draft)
        return
    show_draft(draft, lang.value)


@message.command("allowed")
def list_allowed(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The answer of getMessagingActionsForOrder, or - for standard input.")
    ],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """List the message types that Amazon's Messaging API allows on an order now, and the action of a plan they fit."""
    allowed = allowed_messages(parse_json(read_text(file), what=file))
    if as_json:
        rows = (AllowedMessage(name=name, action=MESSAGING_ACTIONS[name]) for name in sorted(allowed))
        show_json(AllowedMessages(messages=tuple(rows)))
    elif allowed:
        show_lines(f"{name}: {say(f'allowed_{name}', lang.value)}" for name in sorted(allowed))
    else:
        show_lines([say("message_none_allowed", lang.value)])


def _about(path: str, edition: str | None) -> Order | Claim:
    """An order, or a claim with its history verified."""
    data = read_object(path)
    if data.get("kind") == "order" or "order_id" in data:
        return read_document(Order, data, what=path)
    return read_noted(data, what=path, editions=own_editions(edition))
