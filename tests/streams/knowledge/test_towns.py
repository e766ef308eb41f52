"""The towns and provinces that ship: their data, and that nothing reads it unasked."""

import subprocess
import sys
from importlib.resources import files

from streams.knowledge import world
from streams.knowledge.aliases import fold
from streams.knowledge.towns import shipped


def test_towns_have_nation_province_and_point() -> None:
    (medellin, *_) = shipped().named("medellin")
    assert (medellin.name, medellin.nation, round(medellin.latitude), round(medellin.longitude)) == ("Medellín", "CO", 6, -76)
    place = shipped().entity(medellin, "Medellin").place
    assert place is not None
    assert place.path == ("medellin-co", "antioquia-province-co", "CO")


def test_a_province_that_the_knowledge_has_keeps_its_id() -> None:
    (place,) = [shipped().entity(town, "x").place for town in shipped().provinces("anbar")]
    assert place is not None
    assert place.path == ("anbar", "IQ")
    assert world.load().entity("anbar") is not None


def test_every_line_is_whole_and_of_a_nation_that_we_know() -> None:
    nations = {id for id, entity in world.load().entities.items() if entity.kind == "nation"}
    rows = [
        line for line in (files("rules") / "knowledge" / "towns.tsv").read_text(encoding="utf-8").split("\n") if line[:1] != "#"
    ]
    assert len(rows) > 60_000
    for row in filter(None, rows):
        key, *records = row.split("\t")
        assert key == fold(key)
        for record in records:
            nation, _, latitude, longitude, people, name = record.split("|")
            assert nation in nations
            assert abs(float(latitude)) <= 90
            assert abs(float(longitude)) <= 180
            assert int(people) >= 1
            assert name


def test_help_does_not_read_the_towns() -> None:
    code = "import sys; import streams.cli.main; assert 'streams.knowledge.towns' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
