/** The updater as it is, in a process that dies where it is told: `node updater-process.ts '{"folder": …}'`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DebianMachine } from '@lockerhub/deploy/update/debian-machine.ts';
import { Inbox } from '@lockerhub/deploy/update/inbox.ts';
import { type ServedMachine, UpdateService } from '@lockerhub/deploy/update/service.ts';
import { SYSTEM_ACTS } from '@lockerhub/deploy/update/system-acts.ts';
import { SystemFiles } from '@lockerhub/deploy/update/system-files.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { ENDED, UpdatePlan } from './update-plan.ts';

/** What changes something, or waits. */
const ACTS = [
  ...['note', 'use', 'fit', 'hold', 'letGo', 'untilCalm', 'stop', 'start', 'watch', 'copy', 'putBack'],
  ...['switchOn', 'takeAway', 'dropCopy', 'dropOthers', 'trust', 'end'],
] as const;
/** Of units and rules, one after the other. */
const SYSTEM = ['systemctl', 'replace', 'remove', 'link'] as const;
const WINDOW_MS = 1_500;
const CALM_WITHIN_MS = 60_000;

const plan = UpdatePlan.parse(JSON.parse(process.argv[2] ?? ''));
let halfSteps = 0;

function halfStep(): void {
  if (halfSteps++ === plan.killAt) process.kill(process.pid, 'SIGKILL');
}

/** The same, with a point to die at before and behind each of these acts. */
function mortal<Acting extends object>(acting: Acting, acts: readonly PropertyKey[]): Acting {
  return new Proxy(acting, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (!acts.includes(name) || typeof value !== 'function') {
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (...parameters: unknown[]) => {
        halfStep();
        const done: unknown = value.apply(target, parameters);
        if (done instanceof Promise) {
          return done.then((made: unknown) => {
            halfStep();
            return made;
          });
        }
        halfStep();
        return done;
      };
    },
  });
}

async function systemctl(...words: string[]): Promise<string> {
  const body = JSON.stringify(words);
  const answer = await fetch(`http://127.0.0.1:${plan.systemPort}/`, { method: 'POST', body });
  const said = await answer.text();
  if (!answer.ok) throw new Error(said);
  return said;
}

const programs = join(plan.folder, 'programs');
const state = join(plan.folder, 'state');
mkdirSync(state, { recursive: true });
const systemFiles = new SystemFiles({
  acts: mortal({ ...SYSTEM_ACTS, systemctl }, SYSTEM),
  units: join(plan.folder, 'units'),
  rules: join(plan.folder, 'firewall.nft'),
  rulesMark: join(state, 'rules-to-load'),
  hubPort: () => null,
  say: (what) => console.log(what),
});
const service: UpdateService = new UpdateService({
  versions: join(programs, 'versions'),
  state,
  keyFile: '',
  inbox: new Inbox({ folder: join(plan.folder, 'inbox'), asOwner: [] }),
  windowMs: WINDOW_MS,
  clock: systemClock,
  machineOf: (times) =>
    mortal<ServedMachine>(
      new DebianMachine({
        ...times,
        ...{ systemctl, asOwner: [], programs, state, system: systemFiles },
        ...(plan.what === 'hub'
          ? { what: 'hub', unit: 'hub', data: join(plan.folder, 'hub') }
          : { what: 'agent', unit: 'agent', data: null }),
        holdFile: join(plan.folder, 'updating'),
        place: plan.place,
        clock: systemClock,
        say: (what) => console.log(what),
        onEnd: async (journal, why) => {
          await service.onEnd(journal, why);
          halfStep();
        },
      }),
      ACTS,
    ),
});
if (plan.to !== null) {
  const times = { calmWithinMs: CALM_WITHIN_MS, windowMs: WINDOW_MS };
  service.want({ release: plan.to, ...times, update: null });
}
await service.run();
console.log(`${ENDED}${halfSteps}`);
