"""What the buttons of reports say, to the practitioner and to the client."""

from __future__ import annotations

REPORT = "Report (PDF)"
REPORT_HELP = "Pictures, charts, every figure with its error, the certificate and the method"
ONE_PAGE = "One page for the client (PDF)"
ONE_PAGE_HELP = "In plain words, without figures"
MY_PAGE = "My page (PDF)"
MY_PAGE_HELP = "What you see here on one page, to keep or to print"
MAKING = "Writing the report"
SAVE_REPORT = "Save the report"
SAVE_ONE_PAGE = "Save the client's page"
SAVE_MY_PAGE = "Save my page"
