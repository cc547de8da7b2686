"""What do people say? Twelve questions, what follows from the answers, and who has not been heard.

People speak before the machine: their answers draft a work system where there is no log, and stand beside what the
evidence says where there is one. The package counts nothing and asks no log; whether a number was counted or answered
is said by its source.
"""

from longwall.inquiry.answers import Answers
from longwall.inquiry.checking import doubts_in, faults_in
from longwall.inquiry.conversation import Conversation, question_named
from longwall.inquiry.drafting import draft, draft_of
from longwall.inquiry.first_steps import FirstStep, first_steps
from longwall.inquiry.form import form_html
from longwall.inquiry.naming import ANSWERED, is_answered
from longwall.inquiry.questions import KINDS, QUESTIONS, Column, Question, questions
from longwall.inquiry.reading import joined, read_answers
from longwall.inquiry.risks import Risk, risks_of
from longwall.inquiry.suggesting import suggested, template_of
from longwall.inquiry.summary import Answered, MapRow, Summary, summary_of
from longwall.inquiry.told import TOLD, told_findings
from longwall.inquiry.voices import (
    Assumptions,
    Believed,
    Check,
    Compared,
    Expectation,
    Expected,
    Stakeholder,
    Stakeholders,
    Tested,
    Voices,
    compared,
    read_voices,
    tested,
    unexpected,
)

__all__ = [
    "ANSWERED",
    "KINDS",
    "QUESTIONS",
    "TOLD",
    "Answered",
    "Answers",
    "Assumptions",
    "Believed",
    "Check",
    "Column",
    "Compared",
    "Conversation",
    "Expectation",
    "Expected",
    "FirstStep",
    "MapRow",
    "Question",
    "Risk",
    "Stakeholder",
    "Stakeholders",
    "Summary",
    "Tested",
    "Voices",
    "compared",
    "doubts_in",
    "draft",
    "draft_of",
    "faults_in",
    "first_steps",
    "form_html",
    "is_answered",
    "joined",
    "question_named",
    "questions",
    "read_answers",
    "read_voices",
    "risks_of",
    "suggested",
    "summary_of",
    "template_of",
    "tested",
    "told_findings",
    "unexpected",
]
