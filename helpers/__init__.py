"""Faint Signals: the helpers make the data and judge the answer; the notebooks teach the machine learning."""
