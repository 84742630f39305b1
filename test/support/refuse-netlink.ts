/**
 * Loaded with `--import`, refuses netlink sockets to the process, as systemd does with
 * `RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX`: a seccomp filter of the kernel.
 */
import koffi from 'koffi';

/** Linux's numbers. */
const socketCall = { x64: 41, arm64: 198 }[process.arch as 'x64' | 'arm64'];
const netlinkFamily = 16;
const familyNotSupported = 97;
const setNoNewPrivileges = 38;
const setSeccomp = 22;
const filterMode = 2;

/** Instructions of classic BPF. A jump names how many instructions it skips. */
const load = (offset: number) => ({ code: 0x20, jt: 0, jf: 0, k: offset });
const skipUnless = (value: number, jf: number) => ({ code: 0x15, jt: 0, jf, k: value });
const answer = (action: number) => ({ code: 0x06, jt: 0, jf: 0, k: action });
/** Offsets in `seccomp_data`: the number of the call, and its first argument. */
const numberOffset = 0;
const argumentOffset = 16;

if (socketCall === undefined) throw new Error(`refuse-netlink: the number of socket(2) on ${process.arch} is missing`);
const filter = [
  load(numberOffset),
  skipUnless(socketCall, 3),
  load(argumentOffset),
  skipUnless(netlinkFamily, 1),
  answer(0x00050000 | familyNotSupported),
  answer(0x7fff0000),
];

const instruction = koffi.struct({ code: 'uint16_t', jt: 'uint8_t', jf: 'uint8_t', k: 'uint32_t' });
const program = koffi.struct({ len: 'uint16_t', filter: koffi.pointer(instruction) });
const system = koffi.load(null);
const prctl = system.func('prctl', 'int', ['int', 'long', 'long', 'long', 'long']);
const prctlProgram = system.func('prctl', 'int', ['int', 'long', koffi.pointer(program), 'long', 'long']);

if (
  prctl(setNoNewPrivileges, 1, 0, 0, 0) !== 0 ||
  prctlProgram(setSeccomp, filterMode, { len: filter.length, filter }, 0, 0) !== 0
) {
  throw new Error(`refuse-netlink: prctl failed (error ${koffi.errno()})`);
}
