/** Units and firewall rules of two releases, over files of the test's own. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandInUnits } from '@lockerhub/sim/torture/stand-in-units.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execute } from './execute.ts';
import { SYSTEM_ACTS, type SystemActs } from './system-acts.ts';
import { SystemFiles } from './system-files.ts';

const DEPLOY = join(import.meta.dirname, '..');
const SCRIPT = join(DEPLOY, 'firewall.sh');
const HUB = 'lockerhub-hub.service';
const WANTS = 'multi-user.target.wants';
let scratch: string;
let asked: string[];
let said: string[];
let files: SystemFiles;
let units: StandInUnits;
const at = (...names: string[]) => join(scratch, ...names);
const unit = (name = HUB) => readFileSync(at('units', name), 'utf8');
const add = (release: string, name: string, machines: string) =>
  writeFileSync(
    at(release, 'deploy', 'systemd', name),
    `[Unit]\nDescription=${name} of ${release}\n\n[X-Lockerhub]\n# For whom.\nMachines=${machines}\n`,
  );

function systemFiles(acts: SystemActs): SystemFiles {
  return new SystemFiles({
    acts,
    units: at('units'),
    rules: at('rules'),
    rulesMark: at('rules-to-load'),
    hubPort: () => 8080,
    say: (what) => void said.push(what),
  });
}

async function systemctl(...words: string[]): Promise<string> {
  asked.push(words.join(' '));
  return units.obey(words);
}

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lockerhub-system-files-'));
  [asked, said] = [[], []];
  for (const release of ['old', 'new']) {
    mkdirSync(at(release, 'deploy', 'systemd'), { recursive: true });
    for (const [name, machines] of [
      ['hub', 'hub'],
      ['agent', 'agent'],
      ['update', 'hub agent'],
    ] as const)
      add(release, `lockerhub-${name}.service`, machines);
    const port = release === 'new' ? '22, 9100' : '22';
    const script = readFileSync(SCRIPT, 'utf8').replace('dport 22 ', `dport { ${port} } `);
    writeFileSync(at(release, 'deploy', 'firewall.sh'), script);
  }
  mkdirSync(at('units', WANTS), { recursive: true });
  for (const name of [HUB, 'lockerhub-update.service']) {
    writeFileSync(at('units', name), readFileSync(at('old', 'deploy', 'systemd', name)));
    symlinkSync(join('..', name), at('units', WANTS, name));
  }
  writeFileSync(
    at('rules'),
    await execute('sh', [at('old', 'deploy', 'firewall.sh'), 'hub', '8080', 'eth1']),
    { mode: 0o640 },
  );
  chmodSync(at('rules'), 0o640);
  units = new StandInUnits(at('units'), at('rules'));
  files = systemFiles({ ...SYSTEM_ACTS, systemctl });
});
afterEach(() => rm(scratch, { recursive: true }));

it('puts those of the newer release in place that the machine has, and back again, each whole', async () => {
  await files.fit(at('new'), at('old'));
  expect(unit()).toContain('hub.service of new');
  expect(readdirSync(at('units'))).toEqual([HUB, 'lockerhub-update.service', WANTS]);
  // The updater that runs is still that of the release before.
  expect(unit('lockerhub-update.service')).toContain('update.service of old');
  expect(readFileSync(at('rules'), 'utf8')).toMatch(
    /iifname "eth1" drop.*dport \{ 22, 9100 \}.*8080, 8081, 8883/s,
  );
  expect(statSync(at('rules')).mode & 0o777).toBe(0o640);
  expect(asked).toEqual(['daemon-reload', 'try-reload-or-restart lockerhub-firewall.service']);
  await files.fit(at('old'), at('new'));
  expect(unit()).toContain('hub.service of old');
  expect(readFileSync(at('rules'), 'utf8')).not.toContain('9100');
  await files.fitUpdater(at('new'));
  expect(unit('lockerhub-update.service')).toContain('update.service of new');
});

it('twice is once; but what a run before this one had no time to tell systemd is told', async () => {
  await files.fit(at('new'), at('old'));
  asked.length = 0;
  await files.fit(at('new'), at('old'));
  expect(asked.filter((words) => !words.startsWith('show'))).toEqual([]);
  writeFileSync(at('units', HUB), 'of a run that died');
  units.obey(['daemon-reload']);
  writeFileSync(at('units', HUB), readFileSync(at('new', 'deploy', 'systemd', HUB)));
  await files.fit(at('new'), at('old'));
  expect(asked).toContain('daemon-reload');
});

it('where both releases have the same rules, nobody reads them anew', async () => {
  writeFileSync(at('new', 'deploy', 'firewall.sh'), readFileSync(at('old', 'deploy', 'firewall.sh')));
  await files.fit(at('new'), at('old'));
  await files.fit(at('old'), at('new'));
  expect(units.reloads).toBe(0);
});

it('leaves rules alone that somebody wrote by hand, and says so; and makes none where there are none', async () => {
  writeFileSync(at('rules'), `${readFileSync(at('rules'), 'utf8')}# ours\n`);
  await files.fit(at('new'), at('old'));
  expect(readFileSync(at('rules'), 'utf8')).toMatch(/# ours\n$/);
  expect(said.join()).toContain('changed by hand');
  expect(units.reloads).toBe(0);
  rmSync(at('rules'));
  await files.fit(at('new'), at('old'));
  expect(readdirSync(scratch)).not.toContain('rules');
});

it('of a release of before, which has no such script, the rules stay', async () => {
  rmSync(at('old', 'deploy', 'firewall.sh'));
  const before = readFileSync(at('rules'), 'utf8');
  await files.fit(at('old'), at('new'));
  expect(readFileSync(at('rules'), 'utf8')).toBe(before);
});

describe('units that only one of two releases has', () => {
  beforeEach(() => {
    add('new', 'lockerhub-watch.timer', 'hub');
    add('new', 'lockerhub-watch.service', 'agent hub');
    add('new', 'lockerhub-bus.service', 'agent');
    add('new', 'lockerhub-nftables.service', 'firewall');
    writeFileSync(at('new', 'deploy', 'systemd', 'lockerhub-unmarked.service'), '[Unit]\nMachines=hub\n');
    writeFileSync(at('new', 'deploy', 'systemd', 'elsewhere.service'), '[X-Lockerhub]\nMachines=hub\n');
    add('old', 'lockerhub-gone.service', 'hub');
    writeFileSync(
      at('units', 'lockerhub-gone.service'),
      readFileSync(at('old', 'deploy', 'systemd', 'lockerhub-gone.service')),
    );
    symlinkSync(join('..', 'lockerhub-gone.service'), at('units', WANTS, 'lockerhub-gone.service'));
    units.boot();
  });
  const ADDED = ['lockerhub-nftables.service', 'lockerhub-watch.service', 'lockerhub-watch.timer'];

  it('lie there while it is tried, for the machines that they name, and neither run nor are switched on', async () => {
    await files.fit(at('new'), at('old'));
    const there = [HUB, ...ADDED, 'lockerhub-update.service', 'lockerhub-gone.service', WANTS];
    expect(readdirSync(at('units')).sort()).toEqual(there.sort());
    expect(units.standing()).toMatchObject({
      switchedOn: ['lockerhub-gone.service', HUB, 'lockerhub-update.service'],
      started: ['lockerhub-gone.service', HUB, 'lockerhub-update.service'],
    });
  });

  it('are switched on and run once it is kept, and what it has no more is gone', async () => {
    await files.fit(at('new'), at('old'));
    await files.takeAway(at('old'), at('new'));
    await files.switchOn(at('new'), at('old'));
    const all = [HUB, ...ADDED, 'lockerhub-update.service'].sort();
    expect(units.standing()).toMatchObject({ switchedOn: all, started: all });
    expect(readdirSync(at('units'))).not.toContain('lockerhub-gone.service');
    expect(said).toEqual([]);
  });

  it('go again with it, and nothing else does', async () => {
    const before = units.standing();
    await files.fit(at('new'), at('old'));
    await files.fit(at('old'), at('new'));
    await files.takeAway(at('new'), at('old'));
    expect(units.standing()).toEqual(before);
    // Also where the release that stays says of none of its units.
    rmSync(at('old', 'deploy', 'systemd'), { recursive: true });
    await files.takeAway(at('new'), at('old'));
    expect(readdirSync(at('units'))).toContain(HUB);
  });

  it('that do not start, or are switched off by somebody, hold nobody up', async () => {
    await files.fit(at('new'), at('old'));
    rmSync(at('units', WANTS, 'lockerhub-update.service'));
    const failing = systemFiles({
      ...SYSTEM_ACTS,
      systemctl: (...words) =>
        words.includes('lockerhub-watch.timer') && words[0] === 'start'
          ? Promise.reject(new Error('it has no timer'))
          : systemctl(...words),
    });
    await failing.switchOn(at('new'), at('old'));
    expect(said.join()).toContain('it has no timer');
    expect(existsSync(at('units', WANTS, 'lockerhub-update.service'))).toBe(false);
    expect(units.standing()).toMatchObject({ started: expect.arrayContaining(['lockerhub-watch.service']) });
  });

  it('wherever the updater dies, and wherever it dies again, all is as one of the releases has it', async () => {
    const before = units.standing();
    await keep(files);
    const after = units.standing();
    await reset(before);
    let deaths = 0;
    for (const [way, expected] of [
      [back, before],
      [keep, after],
    ] as const)
      for (let first = 0; ; first += 1) {
        const isCut = await dies(first, async (mortal) => {
          await mortal.fit(at('new'), at('old'));
          await way(mortal);
        });
        // Each way back has some fifteen half steps.
        deaths += (await dies(first % 13, way)) ? 1 : 0;
        await way(files);
        expect([first, units.standing()]).toEqual([first, expected]);
        expect(existsSync(at('rules-to-load'))).toBe(false);
        await reset(before);
        if (!isCut) break;
      }
    expect(deaths).toBeGreaterThan(30);
  });

  const back = async (by: SystemFiles) => {
    await by.fit(at('old'), at('new'));
    await by.takeAway(at('new'), at('old'));
  };
  const keep = async (by: SystemFiles) => {
    await by.fit(at('new'), at('old'));
    await by.takeAway(at('old'), at('new'));
    await by.switchOn(at('new'), at('old'));
  };

  async function reset(before: object): Promise<void> {
    await back(files);
    await files.switchOn(at('old'), at('new'));
    units.boot();
    expect(units.standing()).toEqual(before);
  }
});

class Death extends Error {}

/** @returns whether it came to that half step, before or behind an act, and died there */
async function dies(halfStep: number, work: (mortal: SystemFiles) => Promise<void>): Promise<boolean> {
  let halfSteps = 0;
  let isDead = false;
  const step = () => {
    // Whoever is dead does nothing more, whatever it would catch.
    isDead ||= halfSteps++ === halfStep;
    if (isDead) throw new Death();
  };
  const mortal =
    <Words extends unknown[], Made>(act: (...words: Words) => Made) =>
    (...words: Words): Made => {
      step();
      const made = act(...words);
      step();
      return made;
    };
  const acts: SystemActs = {
    systemctl: async (...words) => mortal((all: string[]) => units.obey(all))(words),
    replace: mortal(SYSTEM_ACTS.replace),
    remove: mortal(SYSTEM_ACTS.remove),
    link: mortal(SYSTEM_ACTS.link),
  };
  await work(systemFiles(acts)).catch((error: unknown) => {
    if (!(error instanceof Death)) throw error;
  });
  return isDead;
}

it('each unit of this release says for which machines it is', () => {
  const folder = join(DEPLOY, 'systemd');
  const silent = readdirSync(folder).filter(
    (name) => !/^\[X-Lockerhub\]\nMachines=[a-z ]+$/m.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(silent).toEqual([]);
});
