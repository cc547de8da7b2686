"""OSCAL files: what they select, the table derived from them, and damaged ones, which never give a traceback."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT

from longwall.assessment import known_controls, read_oscal, resolve_controls
from longwall.assessment.environment.oscal import OscalDocument
from longwall.errors import AssessmentError
from longwall.worksystem import Constraint

FOLDER = ROOT.parent / "shared" / "data" / "oscal"


@pytest.fixture(scope="module")
def documents() -> dict[str, OscalDocument]:
    """The given catalogs and profiles by file; CI has them and must not skip."""
    if not FOLDER.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI has ../shared/data/oscal; it is not beside this checkout")
        pytest.skip("the OSCAL files are not beside this checkout (../shared/data/oscal)")
    return {path.name: read_oscal(path) for path in sorted(FOLDER.glob("*.json"))}


def ids_by_hand(body: dict[str, Any]) -> set[str]:
    """Every control of a catalog, or every id that a profile names; by walking the whole document."""
    if "imports" in body:
        return {name for one in body["imports"] for take in one["include-controls"] for name in take["with-ids"]}
    found: set[str] = set()

    def walk(node: Any, inside: bool) -> None:
        if isinstance(node, dict):
            if inside and "title" in node and "id" in node:
                found.add(node["id"])
            for key, value in node.items():
                walk(value, key == "controls")
        elif isinstance(node, list):
            for value in node:
                walk(value, inside)

    walk(body, False)
    return found


def test_every_given_file_is_read_whole(documents: dict[str, OscalDocument]) -> None:
    assert len(documents) == 10
    catalogs = [one for one in documents.values() if one.kind == "catalog"]
    for name, document in documents.items():
        body = next(iter(json.loads((FOLDER / name).read_text(encoding="utf-8")).values()))
        others = catalogs if document.kind == "profile" else []
        selection = resolve_controls([document, *others])
        assert {control.id for control in selection.controls} == ids_by_hand(body)
        assert body["metadata"]["version"] in selection.sources[0]


@pytest.mark.parametrize(("name", "without"), [("MODERATE", 26), ("HIGH", 40), ("LOW", 0), ("LI-SaaS", 0)])
def test_ids_without_text_are_kept_and_named(
    documents: dict[str, OscalDocument], name: str, without: int
) -> None:  # fmt: skip
    """As counted beside the files: 26 ids of FedRAMP Moderate and 40 of High are in neither catalog."""
    profile = documents[f"FedRAMP_rev5_{name}-baseline_profile-min.json"]
    catalogs = [one for one in documents.values() if one.kind == "catalog"]
    selection = resolve_controls([profile, *catalogs])
    assert len(selection.without_text) == without
    kept = {control.id: control for control in selection.controls}
    assert all(kept[one].title == "" for one in selection.without_text)
    assert all(one in " ".join(selection.cautions) for one in selection.without_text)
    alone = resolve_controls([profile])
    assert [one.id for one in alone.controls] == [one.id for one in selection.controls] and not alone.without_text


def test_the_table_that_ships_says_what_the_files_say(documents: dict[str, OscalDocument]) -> None:
    """Fails when a title, a baseline or a hash of the table is not that of the source it names."""
    table, sources = known_controls()
    by_id = {source.id: documents[source.file] for source in sources}
    for source in sources:
        document = by_id[source.id]
        assert source.sha256 == hashlib.sha256((FOLDER / source.file).read_bytes()).hexdigest() == document.sha256
        assert (source.title, source.version) == (document.title, document.version)
    titles = {**by_id["catalog-privacy"].titles, **by_id["catalog-high"].titles}
    profiles = {name: one for name, one in by_id.items() if one.kind == "profile"}
    held = {name: {one.id for one in resolve_controls([profile]).controls} for name, profile in profiles.items()}
    controls = [control for control in table.values() if not control.id.startswith("sm-")]
    assert len(controls) > 20
    for control in controls:
        assert control.title == titles[control.id]
        assert set(control.baselines) == {name for name in profiles if control.id in held[name]}


def test_every_row_binds_fields_that_a_constraint_has() -> None:
    for control in known_controls()[0].values():
        assert control.binds and set(control.binds) <= set(Constraint.model_fields)


def test_values_that_a_profile_sets_stand_beside_its_control(documents: dict[str, OscalDocument]) -> None:
    profile = documents["FedRAMP_rev5_MODERATE-baseline_profile-min.json"]
    said = {one.id: one.set_to for one in resolve_controls([profile]).controls}
    assert said["au-6"] == ("at least weekly",) and "at least annually" in said["cp-4"]


CATALOG: dict[str, Any] = {
    "catalog": {"uuid": "c", "metadata": {"title": "Rules", "version": "1"}, "groups": [
        {"id": "g", "controls": [
            {"id": "a-1", "title": "One", "controls": [{"id": "a-1.1", "title": "More"}]},
            {"id": "a-2", "title": "Two"}, {"id": "b-1", "title": "Three"},
        ]}]}
}  # fmt: skip


def profile(*imports: dict[str, Any], uuid: str = "p") -> dict[str, Any]:
    return {"profile": {"uuid": uuid, "metadata": {"title": uuid}, "imports": list(imports)}}


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str, Any], OscalDocument]:
    """Write a document and read it."""

    def keep(name: str, document: Any) -> OscalDocument:
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return read_oscal(path)

    return keep


@pytest.mark.parametrize(
    ("one", "chosen"),
    [
        ({"include-all": {}}, ["a-1", "a-1.1", "a-2", "b-1"]),
        ({}, ["a-1", "a-1.1", "a-2", "b-1"]),
        ({"include-controls": [{"with-ids": ["a-1"]}]}, ["a-1"]),
        ({"include-controls": [{"with-ids": ["a-1"], "with-child-controls": "yes"}]}, ["a-1", "a-1.1"]),
        ({"include-controls": [{"matching": [{"pattern": "a-*"}]}]}, ["a-1", "a-1.1", "a-2"]),
        ({"include-all": {}, "exclude-controls": [{"matching": [{"pattern": "a-1*"}]}]}, ["a-2", "b-1"]),
        ({"include-controls": [{"with-ids": ["b-1", "z-9"]}]}, ["b-1", "z-9"]),
    ],
)
def test_what_a_profile_selects(kept: Any, one: dict[str, Any], chosen: list[str]) -> None:
    catalog = kept("rules.json", CATALOG)
    selection = resolve_controls([kept("base.json", profile({"href": "../rules.json"} | one)), catalog])
    assert [control.id for control in selection.controls] == chosen
    assert selection.without_text == (("z-9",) if "z-9" in chosen else ())
    assert bool(selection.cautions) == ("z-9" in chosen)


def test_a_profile_of_a_profile_and_one_in_a_circle(kept: Any) -> None:
    catalog = kept("rules.json", CATALOG)
    base = kept("base.json", profile({"href": "rules.json", "include-controls": [{"with-ids": ["a-1", "b-1"]}]}))
    over = kept("over.json", profile({"href": "base.json", "include-all": {}, "exclude-controls":
                                      [{"with-ids": ["b-1"]}]}, uuid="q"))  # fmt: skip
    found = {one.id: one.profiles for one in resolve_controls([over, base, catalog]).controls}
    assert found == {"a-1": ("q", "p"), "b-1": ("p",)}
    back = kept("base.json", profile({"href": "over.json", "include-all": {}}))
    with pytest.raises(AssessmentError, match="LW-AS-083"):
        resolve_controls([over, back])


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{", "LW-AS-080", "damaged"),
        ("<catalog/>", "LW-AS-080", "XML"),
        ("[" * 200_000, "LW-AS-080", "levels inside"),
        ("[]", "LW-AS-081", "something else"),
        ('{"system-security-plan": {}}', "LW-AS-081", "system-security-plan"),
        ('{"catalog": {"groups": {}}}', "LW-AS-082", "catalog.groups"),
        ('{"catalog": {"controls": [{"title": "x"}, 3]}}', "LW-AS-082", "catalog.controls.1"),
        ('{"catalog": {"controls": [{"id": "x"}, {"id": "x"}]}}', "LW-AS-082", "each once"),
        ('{"catalog": {}}', "LW-AS-082", "at least one control"),
        ('{"profile": {"imports": [{"href": 3}]}}', "LW-AS-082", "imports.0.href"),
        ('{"profile": {"imports": [{"href": "x", "include-controls": [{"with-ids": "ac-1"}]}]}}', "LW-AS-082", "ids"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(kept: Any, text: str, code: str, said: str) -> None:
    with pytest.raises(AssessmentError, match=code) as caught:
        kept("x.json", text)
    assert said in str(caught.value)


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(AssessmentError, match="LW-AS-080"):
            read_oscal(path)


SOUND = [
    CATALOG,
    profile({"href": "#r", "include-controls": [{"with-ids": ["a-1"], "matching": [{"pattern": "b*"}]}]})
    | {"extra": None},
]
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANY = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


@settings(max_examples=150, deadline=None)
@given(base=st.sampled_from(SOUND), seed=st.integers(0, 10_000), junk=ANY)
def test_a_damaged_document_gives_an_error_of_ours_or_a_selection(
    tmp_path_factory: pytest.TempPathFactory, base: dict[str, Any], seed: int, junk: Any
) -> None:
    """One place anywhere is replaced by anything, or a run of bytes is lost."""
    luck = random.Random(seed)
    document = json.loads(json.dumps(base))
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
            places.append((node, key))
            if isinstance(value, dict | list):
                walk(value)

    walk(document)
    holder, key = luck.choice(places)
    holder[key] = junk
    raw = json.dumps(document).encode()
    if luck.random() < 0.3:
        cut = luck.randrange(len(raw))
        raw = raw[:cut] + bytes(luck.randrange(256) for _ in range(luck.randrange(4))) + raw[cut + luck.randrange(9) :]
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    path.write_bytes(raw)
    try:
        found = read_oscal(path)
        for control in resolve_controls([found]).controls:
            assert control.id.isprintable() and control.title.isprintable()
    except AssessmentError as error:
        assert all(fault.code.startswith("LW-AS-08") for fault in error.faults)
        str(error).encode()
