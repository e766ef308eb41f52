"""`tocsin demo`: the whole thing on invented news, told to an audience."""

import asyncio
import sys
import time
from typing import Annotated

import typer


def demo(
    brief: Annotated[bool, typer.Option("--brief", help="One line for each message instead of the whole post.")] = False,
) -> None:
    """Show Tocsin at work on invented news: no Kafka, no tokens, no internet."""
    from rich.console import Console

    from connectors.sinks.console import ConsoleSink
    from streams import demo as core
    from streams.cli.logs import quiet
    from streams.records import Article

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
    outcome = asyncio.run(core.run(ConsoleSink(console, detail=not brief), stage))
    pings = [each for each in outcome.delivered if each.ping]
    posts = {each.incident for each in outcome.delivered}
    console.print(
        f"\n[bold]{outcome.articles} articles[/bold] in {time.monotonic() - begun:.0f} s: [bold]{len(posts)} posts[/bold], "
        f"{len(pings)} calls. Every article is accounted for: {'yes' if outcome.balanced else 'NO'}.\n"
        f"A keyword rule (attack word + base + U.S. in one sentence) calls the desk "
        f"[bold]{len(outcome.keyword_hits)}[/bold] times, [bold]{len(outcome.keyword_false)}[/bold] of them for nothing.\n\n"
        "Next: [bold]tocsin init desk[/bold] makes a folder with settings, feeds and rules of your own. Edit "
        "[bold]desk/rules/us-forces.yaml[/bold], then\n[bold]tocsin test desk/rules[/bold] says whether it still does what its "
        "examples say, and [bold]tocsin run desk[/bold] watches real feeds."
    )
    if not outcome.balanced:
        raise typer.Exit(1)
