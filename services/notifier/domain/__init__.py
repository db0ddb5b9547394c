"""What mail is, who gets it and why, and what becomes of it: dataclasses and functions without IO."""
