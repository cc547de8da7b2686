"""What stands behind page one? A section for each step of the loop, then methods and what was not seen.

It computes no result; a section whose step was not made says which command makes it.
"""

from longwall.report.material import Material
from longwall.report.sections.automation import automation_section
from longwall.report.sections.boundaries import boundaries_section
from longwall.report.sections.classes import classes_section
from longwall.report.sections.designs import designs_section
from longwall.report.sections.drivers import drivers_section
from longwall.report.sections.environment import environment_section
from longwall.report.sections.evidence import evidence_section
from longwall.report.sections.findings import findings_section
from longwall.report.sections.fit import fit_section
from longwall.report.sections.methods import methods_section
from longwall.report.sections.networks import networks_section
from longwall.report.sections.plan import plan_section
from longwall.report.sections.practices import practices_section
from longwall.report.sections.roles import roles_section
from longwall.report.sections.section import Draw, Section
from longwall.report.sections.specification import specification_section
from longwall.report.sections.steps import steps_section
from longwall.report.sections.strain import strain_section
from longwall.report.sections.system import system_section
from longwall.report.sections.tensions import tensions_section
from longwall.report.sections.today import today_section
from longwall.report.sections.told import told_section
from longwall.report.sections.trust import trust_section
from longwall.report.sections.unseen import unseen_section
from longwall.report.sections.variances import variances_section
from longwall.report.sections.voices import voices_section

__all__ = [
    "Section",
    "automation_section",
    "boundaries_section",
    "classes_section",
    "designs_section",
    "drivers_section",
    "environment_section",
    "evidence_section",
    "findings_section",
    "fit_section",
    "methods_section",
    "networks_section",
    "plan_section",
    "practices_section",
    "roles_section",
    "sections_of",
    "specification_section",
    "steps_section",
    "strain_section",
    "system_section",
    "tensions_section",
    "today_section",
    "told_section",
    "trust_section",
    "unseen_section",
    "variances_section",
    "voices_section",
]


def sections_of(material: Material, draw: Draw) -> list[Section]:
    """Return the sections in the order of the loop."""
    return [
        *([told_section(material)] if material.told is not None else []),
        *([voices_section(material)] if material.voices is not None else []),
        evidence_section(material, draw),
        system_section(material, draw),
        networks_section(material, draw),
        environment_section(material, draw),
        today_section(material, draw),
        steps_section(material),
        variances_section(material, draw),
        classes_section(material, draw),
        boundaries_section(material, draw),
        drivers_section(material),
        findings_section(material),
        tensions_section(material, draw),
        fit_section(material),
        practices_section(material),
        designs_section(material, draw),
        specification_section(material),
        strain_section(material),
        automation_section(material, draw),
        roles_section(material, draw),
        plan_section(material, draw),
        trust_section(material, draw),
        methods_section(material),
        unseen_section(material),
    ]
