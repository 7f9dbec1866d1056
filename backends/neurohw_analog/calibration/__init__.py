"""Calibration: measuring a chip through its results alone, and making its circuits more alike."""

from neurohw_analog.calibration.calibrate import calibrate
from neurohw_analog.calibration.digital import CalibratedChip
from neurohw_analog.calibration.file import load_calibration, save_calibration
from neurohw_analog.calibration.result import Calibration, Measured

__all__ = ["CalibratedChip", "Calibration", "Measured", "calibrate", "load_calibration", "save_calibration"]
