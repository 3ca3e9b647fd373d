"""A yes to a safety question after clips were measured and a screen was signed: no page shows their plan.

Not here: a yes that came first (`tests/pages/test_safety_page.py`), who may ask (`test_rights.py`).
"""

from __future__ import annotations

import re

from dorsi.desk.answers import clear, save_answers
from dorsi.desk.screens import put_together, sign
from dorsi.profile import SAFETY_QUESTIONS, Profile, Safety
from tests.web.conftest import OWNER, Served

NO_STEPS = re.compile(r'class="(plan|week|stages|draw)"')
WHOM = "See a doctor within two days"


def test_no_page_of_earlier_results_shows_a_plan_after_a_later_yes(clinic: Served) -> None:
    ana = clinic.runner("Ana Lima")
    clean = Safety.model_validate({each.key: False for each in SAFETY_QUESTIONS})
    save_answers(clinic.desk, OWNER, ana.id, Profile(safety=clean))
    clip = clinic.clip(ana, role="left")
    sheet = sign(clinic.desk, OWNER, put_together(clinic.desk, OWNER, ana.id, {"left": clip.id}).id)
    assert sheet.screen.plan.items
    pages = {
        "answer": f"/me/clips/{clip.id}", "report": f"/clips/{clip.id}/files/report.html",
        "screen": f"/screens/{sheet.id}", "plan": f"/screens/{sheet.id}/plan",
    }  # fmt: skip
    theirs, ours = clinic.invited(ana), clinic.account("Mia Berg")
    assert NO_STEPS.search(theirs.get(pages["screen"]).text) and theirs.get(pages["plan"]).status_code == 200

    save_answers(
        clinic.desk, OWNER, ana.id, Profile(safety=clean.model_copy(update={"numb_tingling_weak": True}))
    )
    for client in (theirs, ours):
        assert client.get(pages["plan"]).status_code == 404
        for name in ("answer", "report", "screen"):
            text = client.get(pages[name]).text
            assert not NO_STEPS.search(text), name
            said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
            assert re.search(r"[Ss]ee a doctor within two days", said), name
            assert "do no test and no drill" in said, name

    clear(clinic.desk, OWNER, ana.id, "examined on Monday, nerve intact")
    assert NO_STEPS.search(theirs.get(pages["screen"]).text)
    assert WHOM not in theirs.get(pages["answer"]).text
