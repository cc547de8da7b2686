"""What should people read? Results in; one self-contained page, its figures and tables out.

It computes no result, knows no store and no network; what a step has not made yet, the page says is missing.
"""

from longwall.report.material import PURPOSE, Material, Missing
from longwall.report.page import page_html, render

__all__ = ["PURPOSE", "Material", "Missing", "page_html", "render"]
