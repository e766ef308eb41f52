"""`tocsin demo`: the whole thing on invented news, told to an audience."""

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from streams.demo.local_run import Outcome, Stage


def demo(
    brief: Annotated[bool, typer.Option("--brief", help="One line for each message instead of the whole post.")] = False,
    kafka: Annotated[
        bool, typer.Option("--kafka", help="Play it to the Kafka run: an embedded broker, and workers in processes of their own.")
    ] = False,
) -> None:
    """Show Tocsin at work on invented news: no Kafka, no tokens, no internet."""
    from rich.console import Console

    from connectors.sinks.console import ConsoleSink
    from streams.cli.logs import quiet
    from streams.demo import local_run as core
    from streams.records.flow import Article

    quiet()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    begun = time.monotonic()
    console.print(
        "[bold]Tocsin demo.[/bold] Six invented outlets, five simulated months, two rules: [bold]strike-on-us-base[/bold] and "
        "[bold]attacks-resume[/bold].\nAll news is invented. It is served as RSS on this machine and read as any feed is.\n"
    )

    def scene(each: core.Scene, article: Article) -> None:
        console.print(f"\n[bold]{article.published:%d %b %Y}[/bold]  {each.shows}")

    def silent(each: core.Scene, article: Article) -> None:
        if core.keyword_rule(article):
            console.print(f"[dim]{article.published:%d %b}  silent:[/dim] {article.title} [dim]- {each.why}[/dim]")

    stage = core.Stage(scene=scene, silent=silent)
    if kafka:
        outcome = _spread(stage, console, brief=brief)
    else:
        outcome = asyncio.run(core.run(ConsoleSink(console, detail=not brief), stage))
    pings = [each for each in outcome.delivered if each.ping]
    posts = {each.incident for each in outcome.delivered}
    console.print(
        f"\n[bold]{outcome.articles} articles[/bold] in {time.monotonic() - begun:.0f} s: [bold]{len(posts)} posts[/bold], "
        f"{len(pings)} calls. Every article is accounted for: {'yes' if outcome.balanced else 'NO'}.\n"
        f"A keyword rule (attack word + base + U.S. in one sentence) calls the desk "
        f"[bold]{len(outcome.keyword_hits)}[/bold] times, [bold]{len(outcome.keyword_false)}[/bold] of them for nothing.\n"
    )
    well = outcome.balanced and (not kafka or _agrees(outcome, console))
    console.print(
        "Next: [bold]tocsin init desk[/bold] makes a folder with settings, feeds and rules of your own. Edit "
        "[bold]desk/rules/us-forces.yaml[/bold], then\n[bold]tocsin test desk/rules[/bold] says whether it still does what its "
        "examples say, and [bold]tocsin run desk[/bold] watches real feeds."
    )
    if not well:
        raise typer.Exit(1)


def _spread(stage: "Stage", console: "Console", *, brief: bool) -> "Outcome":
    from streams.demo import kafka_run

    console.print(
        "On the Kafka run: a broker in memory, two processes that read, one that decides and one that stands by, one that sends. "
        "They come up now.\n"
    )
    return asyncio.run(kafka_run.run(stage, brief=brief))


def _agrees(outcome: "Outcome", console: "Console") -> bool:
    """Whether the local run tells the same in the end; it plays the archive once more, with nobody looking."""
    from rich.console import Console as Anywhere

    from connectors.sinks.console import ConsoleSink
    from streams.demo import local_run as core

    console.print("Now the same archive through the local run, in one process tree and in silence, to compare what was told ...")
    nobody = core.Stage(scene=lambda *_: None, silent=lambda *_: None)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        local = asyncio.run(core.run(ConsoleSink(Anywhere(file=nowhere)), nobody))
    same = outcome.told == local.told
    told = "the same, label by label" if same else "NOT THE SAME"
    console.print(
        f"Kafka run: {len(outcome.told)} labels told. Local run: {len(local.told)}. What the desk was told: [bold]{told}[/bold]."
    )
    return same
