"""NEST itself, through nestpy: what the tables in data/nest are made of, and what they are judged by.

nestpy has no wheels for Windows, ARM Linux and Python beyond 3.12. Only this module imports it, and only
`detector.reference`, the tool that makes the tables and the tests import this module.
"""

import contextlib
import os
import sys

import nestpy
import numpy as np

DETECTORS = {"LUX_Run03": nestpy.detectors.LUX_Run03, "LZ_WS2022": nestpy.detectors.LZ_WS2022}
RECOILS = {"NR": nestpy.interactions.NR, "ER": nestpy.interactions.beta}


@contextlib.contextmanager
def quiet():
    """Keep what C++ writes to file descriptor 2 off the notebook: NEST says once how its β model is built."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


class Source:
    """One of nestpy's detectors, and the questions that we ask it.

    Parameters
    ----------
    name : str
        A key of `DETECTORS`.
    **changes : tuple
        What to set otherwise, as the arguments of nestpy's setters: `noiseLinear=(0.0, 0.1)`.

    Attributes
    ----------
    detector, calculator
        nestpy's detector and its `NESTcalc`.
    density : float
        Of the liquid [g/cm³].
    work : float
        Energy a quantum [eV].
    """

    def __init__(self, name, **changes):  # noqa: D107
        self.detector = DETECTORS[name]()
        for quantity, values in changes.items():
            getattr(self.detector, f"set_{quantity}")(*values)
        self.calculator = nestpy.NESTcalc(self.detector)
        self.density = self.calculator.SetDensity(self.detector.T_Kelvin, self.detector.p_bar)
        self.work = nestpy.NESTcalc.WorkFunction(self.density, self.detector.molarMass).Wq_eV

    def events(self, recoil_type, energy, position, seed):
        """Run nestpy's own simulation, event by event, of energies (n,) [keV] at positions (n, 3) [mm]."""
        with quiet():
            return nestpy.array.runNESTvec(self.detector, RECOILS[recoil_type], energy, position, seed=seed)

    def probe(self, r, z):
        """Run nestpy's own simulation of one 30 keV nuclear recoil at each r, z [mm], with one seed."""
        r, z = np.broadcast_arrays(r, z)
        position = np.column_stack((r, np.zeros(r.shape), z))
        return self.events("NR", np.full(len(r), 30.0), position, seed=1)

    def field(self, z):
        """Return the drift field [V/cm] on the axis at each height z [mm]."""
        return np.array([self.detector.get_field(0.0, 0.0, height) for height in z])

    def velocity(self, field):
        """Return the electrons' drift velocity [mm/µs] in each field [V/cm]."""
        temperature, pressure = self.detector.T_Kelvin, self.detector.p_bar
        return np.array(
            [self.calculator.SetDriftVelocity(temperature, self.density, f, pressure) for f in field]
        )

    def yields(self, recoil_type, energies, fields):
        """Return mean photons, electrons, and excitons an ion, at fields [V/cm] × energies [keV].

        An array of shape (3, fields, energies).
        """
        with quiet():
            grid = [
                [
                    self.calculator.GetYields(
                        RECOILS[recoil_type], energy=e, density=self.density, drift_field=f
                    )
                    for e in energies
                ]
                for f in fields
            ]
        names = ("PhotonYield", "ElectronYield", "ExcitonRatio")
        return np.array([[[getattr(y, name) for y in row] for row in grid] for name in names])
