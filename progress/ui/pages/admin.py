"""Accounts, who did what, and whether the record is whole; for administrators."""

from __future__ import annotations

import streamlit as st

from progress.ui import open_record
from progress.ui.accounts import show_accounts
from progress.ui.audit_log import show_audit, show_record
from progress.ui.frame import page_head
from progress.views.catalogue import admin as words

page_head(words.TITLE, corner=False)
clinic = open_record.asked()
users = clinic.users()
names = {client.id: client.pseudonym for client in clinic.clients()}
accounts_tab, audit_tab, record_tab = st.tabs([words.ACCOUNTS, words.AUDIT, words.RECORD])
with accounts_tab:
    show_accounts(clinic, users, names)
with audit_tab:
    show_audit(clinic, users, names)
with record_tab:
    show_record(clinic, n_clients=len(names), n_accounts=len(users))
