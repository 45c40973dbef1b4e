/** What the schema of each part of a profile can't see: parts that don't fit each other. */
import { MAILBOX_REGISTERS } from './mailbox-registers.ts';
import type { ProfileParts } from './profile-parts.ts';
import type { PulseMethod } from './pulse-methods.ts';
import { WORD_MAX } from './word.ts';

interface ProfileMistake {
  readonly path: string[];
  readonly message: string;
}

/** In which area the outputs of each pulse method are. */
const AREA_OF_METHOD: Readonly<Record<PulseMethod['method'], ProfileParts['outputs']['area']>> = {
  'timed-coil': 'coils',
  'timed-register': 'holding-registers',
  'trigger-coil': 'coils',
  'held-coil': 'coils',
  mailbox: 'mailbox',
};

/** Bits in a register. */
const REGISTER_BITS = 16;

/** What in a profile contradicts the rest of it. */
export function mistakesOf(profile: ProfileParts): ProfileMistake[] {
  return [
    ...endMistakes(profile),
    ...lengthMistakes(profile),
    ...watchdogMistakes(profile),
    ...addressMistakes(profile),
  ];
}

function lengthMistakes({ pulse, outputs }: ProfileParts): ProfileMistake[] {
  const found: ProfileMistake[] = [];
  const area = AREA_OF_METHOD[pulse.method];
  if (outputs.area !== area) {
    const message = `${pulse.method} pulses outputs of area ${area}, not ${outputs.area}`;
    found.push({ path: ['outputs', 'area'], message });
  }
  if (pulse.lengthMs > pulse.capMs) {
    const message = `${pulse.lengthMs} ms is longer than the cap of ${pulse.capMs} ms`;
    found.push({ path: ['pulse', 'lengthMs'], message });
  }
  if ('unitMs' in pulse && pulse.unitMs > pulse.capMs) {
    const message = `the shortest pulse of ${pulse.unitMs} ms is longer than the cap of ${pulse.capMs} ms`;
    found.push({ path: ['pulse', 'unitMs'], message });
  }
  if (pulse.method === 'timed-register' && pulse.command + pulse.unitsMax > WORD_MAX) {
    const message = `with ${pulse.unitsMax} units on top it goes beyond ${WORD_MAX}`;
    found.push({ path: ['pulse', 'command'], message });
  }
  return found;
}

/** What ends a pulse is also written when the agent starts: a word that begins one would fire every lock. */
function endMistakes({ pulse }: ProfileParts): ProfileMistake[] {
  const [key, end] =
    'off' in pulse ? ['off', pulse.off] : ['rearm', 'rearm' in pulse ? pulse.rearm : undefined];
  if (end === undefined || !('on' in pulse) || end !== pulse.on) return [];
  return [{ path: ['pulse', key], message: `the same word as pulse.on would open every door at each start` }];
}

/** A watchdog that lets an output stay on beyond the cap guards nothing. */
function watchdogMistakes({ pulse, watchdog }: ProfileParts): ProfileMistake[] {
  if (!watchdog) return [];
  if (pulse.method !== 'held-coil') {
    return [{ path: ['watchdog'], message: `only held-coil outputs need one, not ${pulse.method}` }];
  }
  if (watchdog.timeoutMs <= pulse.capMs) return [];
  const message = `${watchdog.timeoutMs} ms is longer than the pulse's cap of ${pulse.capMs} ms`;
  return [{ path: ['watchdog', 'timeoutMs'], message }];
}

function addressMistakes({ pulse, outputs, sensors }: ProfileParts): ProfileMistake[] {
  const runs: [key: string, what: string, address: number, count: number][] = [];
  if (outputs.area !== 'mailbox') runs.push(['outputs', 'points', outputs.address, outputs.count]);
  if (pulse.method === 'timed-coil') runs.push(['pulse', 'points', pulse.address, outputs.count]);
  if (pulse.method === 'mailbox') runs.push(['pulse', 'registers', pulse.address, MAILBOX_REGISTERS]);
  if (sensors?.area === 'register-bits') {
    runs.push(['sensors', 'registers', sensors.address, Math.ceil(sensors.count / REGISTER_BITS)]);
  } else if (sensors) {
    runs.push(['sensors', 'points', sensors.address, sensors.count]);
  }
  const beyond = runs.flatMap(([key, what, address, count]) =>
    address + count - 1 <= WORD_MAX
      ? []
      : [
          {
            path: [key, 'address'],
            message: `${count} ${what} from address ${address} go beyond ${WORD_MAX}`,
          },
        ],
  );
  const numbered = [
    ['outputs', outputs],
    ['sensors', sensors],
  ] as const;
  const misnumbered = numbered.flatMap(([key, run]) =>
    run === undefined || run.first + run.count - 1 <= WORD_MAX
      ? []
      : [
          {
            path: [key, 'first'],
            message: `${run.count} points numbered from ${run.first} go beyond ${WORD_MAX}`,
          },
        ],
  );
  return [...beyond, ...misnumbered];
}
