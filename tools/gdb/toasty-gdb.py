# Fibers for gdb, of a process that is stopped or of a core file.
#
#     (gdb) source toasty-gdb.py
#     (gdb) toasty-fibers            every fiber that does not run, with its backtrace
#     (gdb) toasty-fibers -list      one line each
#
# A fiber that runs is the thread's own backtrace: `bt` shows it and ends at the fiber's trampoline. Needs the debug
# information of the library. It reads and changes nothing but gdb's idea of the frames, for as long as it prints.
import gdb
import gdb.unwinder

TRAMPOLINE = "toasty__machine_trampoline"
GREGS_X86_64 = {"r12": 4, "r13": 5, "r14": 6, "r15": 7, "rbp": 10, "rbx": 11, "rsp": 15, "rip": 16}


def word(address):
    return int(gdb.Value(address).cast(gdb.lookup_type("unsigned long").pointer()).dereference())


def saved_registers(machine):
    """The registers that a switch will restore, by name; see src/fiber/switch.h and its implementations."""
    arch = gdb.selected_frame().architecture().name()
    fields = [field.name for field in machine.type.strip_typedefs().fields()]
    if "context" in fields:
        mcontext = machine["context"]["uc_mcontext"]
        if "x86-64" in arch:
            return {name: int(mcontext["gregs"][i]) for name, i in GREGS_X86_64.items()}
        registers = {"x%d" % i: int(mcontext["regs"][i]) for i in range(19, 31)}
        return dict(registers, sp=int(mcontext["sp"]), pc=int(mcontext["pc"]))
    stack = int(machine["stack"])
    if "x86-64" in arch:
        names = ["r15", "r14", "r13", "r12", "rbx", "rbp", "rip"]
        registers = {name: word(stack + 8 + 8 * i) for i, name in enumerate(names)}
        return dict(registers, rsp=stack + 64)
    registers = {"x%d" % (19 + i): word(stack + 8 * i) for i in range(12)}
    return dict(registers, sp=stack + 160, pc=registers["x30"])


class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class FiberUnwinder(gdb.unwinder.Unwinder):
    """While it has registers, they are those of the caller of the newest frame."""

    def __init__(self):
        super().__init__("toasty-fiber")
        self.registers = None

    def __call__(self, pending):
        if not self.registers or int(pending.read_register("pc")) != self.pc:
            return None
        if int(pending.read_register("sp")) != self.sp:
            return None
        # The frame's place is given as the fiber's: gdb wants each caller to lie above what it called.
        info = pending.create_unwind_info(FrameId(self.place, gdb.Value(self.pc)))
        for name, value in self.registers.items():
            info.add_saved_register(name, gdb.Value(value).cast(pending.read_register(name).type))
        return info

    def frames_of(self, machine):
        """The frames of a fiber, newest first, as text."""
        newest = gdb.newest_frame()
        self.pc, self.sp = int(newest.read_register("pc")), int(newest.read_register("sp"))
        registers = saved_registers(machine)
        place = registers.get("rsp", registers.get("sp")) - 16
        self.place = gdb.Value(place).cast(gdb.lookup_type("unsigned long"))
        self.registers = registers
        gdb.invalidate_cached_frames()
        try:
            lines, frame = [], gdb.newest_frame().older()
            while frame is not None:
                lines.append(describe(frame))
                frame = frame.older() if name_of(frame) != TRAMPOLINE else None
            return lines
        finally:
            self.registers = None
            gdb.invalidate_cached_frames()


def name_of(frame):
    # Without debug information gdb reads two underscores as a language of its own would.
    return (frame.name() or "??").replace("toasty.", "toasty__")


def describe(frame):
    name, place = name_of(frame), frame.find_sal()
    if place.symtab is None:
        return "0x%x in %s ()" % (frame.pc(), name)
    return "%s () at %s:%d" % (name, place.symtab.filename, place.line)


def chain(first):
    while first:
        yield first.dereference()
        first = first["next"]


class ToastyFibers(gdb.Command):
    """The fibers that do not run, with their backtraces; -list leaves the backtraces out."""

    def __init__(self, unwinder):
        super().__init__("toasty-fibers", gdb.COMMAND_STACK)
        self.unwinder = unwinder

    def invoke(self, argument, from_tty):
        schedulers = gdb.lookup_static_symbol("toasty__schedulers")
        if schedulers is None:
            raise gdb.GdbError("There are no fibers in this program, or no debug information of the library.")
        count = 0
        selected = gdb.selected_frame()
        for scheduler in chain(schedulers.value()):
            for fiber in chain(scheduler["fibers"]):
                state = str(fiber["state"]).replace("TOASTY__FIBER_", "").lower()
                if state == "running":
                    continue
                print("fiber %s  %s  %s" % (hex(int(fiber.address)), state, fiber["function"]))
                if argument.strip() != "-list":
                    for i, line in enumerate(self.unwinder.frames_of(fiber["machine"])):
                        print("    #%-2d %s" % (i, line))
                count += 1
        selected.select()
        print("%d fiber%s" % (count, "" if count == 1 else "s"))


unwinder = FiberUnwinder()
gdb.unwinder.register_unwinder(None, unwinder, replace=True)
ToastyFibers(unwinder)
