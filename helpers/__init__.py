"""Faint Signals: the helpers make the data and judge the answer; the notebooks teach the machine learning.

The modules by subject; each imports only from modules above it:

- input at the door, how a notebook begins and ends, how an exercise answers, what is asked before, how things look:
  `check`, `course`, `marking`, `quiz`, `figures`
- where files come from, what the collaborations' files mean: `data`, `releases`
- a model of dark matter or background → rate [events/(keV t y)] → sampled energies: `spectra`, `recoils`, `operators`
- what NEST knows; NEST itself, where nestpy has wheels; energies → events (s1, s2, x, y,
  drift_time): `nest`, `nest_source`, `detector`
- events → waveforms and their features, scatters and wires, light patterns, places: `pulses`, `waveforms`,
  `scatters`, `hits`, `positions`
- whole searches, and whole days of data: `backgrounds`, `search`, `commissioning`
- quantum-chemistry tables → geometries, levels; geometries → representations; → Hamiltonians and their levels:
  `molecules`, `descriptors`, `tightbinding`
- atoms in a repeated cell (vacancy, flower, silicon) → Hamiltonians → bands, and how they answer: `lattice`
- a molecule → geometries as it vibrates, moves and opens: `pools`
- a molecule's geometry → its pattern of X-rays or electrons: `scattering`
- a pattern with noise → which of a molecule's shapes it leaves possible: `posterior`
- the best possible answer (likelihood ratio, conditional tail, mutual information): `optimum`
- counts, templates, scores → limits, significances, coverage: `counting`, `likelihood`, `limits`,
  `morphing`
- a search that knows its background alone: worlds of events, the judge of an anomaly score: `blind`
- two searches in a detector that is known only within a nuisance, the judge of what was trained for it: `nuisances`
"""
