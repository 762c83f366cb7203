"""What a trial has found, told line by line."""

SHOWN = 10


class Report:
    """Good until a check finds a fault."""

    def __init__(self):
        self.is_good = True

    def figure(self, name, text):
        print(f"  {name:<34} {text}")

    def check(self, text, faults, count=None):
        """Met when there are no faults; shows the first of them, which may be more than are known
        one by one."""
        count = len(faults) if count is None else count
        print(f"  {'✗' if count else '✓'} {text}" + (f": {count} faults" if count else ""))
        for fault in faults[:SHOWN]:
            print(f"      {fault}")
        self.is_good = self.is_good and not count
