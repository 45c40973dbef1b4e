import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildingLog, type LogsOptions, serviceLog } from './logs.ts';
import { sinceOf } from './since.ts';

const DEADLINE_MS = 20_000;
let rig: HubRig;
let folder: string;
beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterAll(async () => {
  await rig.end();
  await rm(folder, { recursive: true, force: true });
});

function listening(change: Partial<LogsOptions> = {}) {
  const said: string[] = [];
  const ends = new AbortController();
  const options: LogsOptions = {
    data: rig.folder,
    lines: 50,
    follow: false,
    say: (line) => void said.push(line),
    clock: systemClock,
    signal: ends.signal,
    ...change,
  };
  return { said, options, end: () => ends.abort() };
}

it('tells the building’s log in sentences, follows it, and leaves out what people typed', async () => {
  const { said, options, end } = listening({ follow: true });
  const following = buildingLog(options);
  await waitFor(() => said.length > 3, DEADLINE_MS, 'what was there');
  const { json } = await rig.ask('/api/v1/banks/hall/compartments/2/report', {
    token: await rig.signIn('manager'),
    body: {},
  });
  const note = 'Mara Olsen has lost her key';
  await rig.ask(`/api/v1/cases/${json.case}/note`, { token: await rig.signIn('manager'), body: { note } });
  await waitFor(() => said.some((line) => line.includes(`case=${json.case}`)), DEADLINE_MS, 'the case');
  await waitFor(() => said.at(-1)?.includes('…') ?? false, DEADLINE_MS, 'the note');
  end();
  await following;
  expect(said.map((line) => Number(/^#(\d+)/.exec(line)?.[1]))).toEqual(
    said.map((_, at) => at + 1 + (Number(/^#(\d+)/.exec(said[0] ?? '')?.[1]) - 1)),
  );
  expect(said.find((line) => line.includes('by the hub'))).toMatch(/^#\d+ {2}\d{4}-.*Z {2}[A-Z]/);
  expect(said.join('\n')).not.toMatch(/Mara|Olsen|entry\.|Jonas/);
  const { said: none, options: later } = listening({ sinceMs: Date.now() + 60_000 });
  await buildingLog(later);
  expect(none).toEqual([]);
});

it('lets no agent command the terminal, or speak in a line of its own', async () => {
  const software = 'x\u001b]0;mine\u0007\n#1 all is well \u202e 9.0.0';
  await rig.hub.buildingLog.record({ kind: 'bank', id: 'hall' }, [
    { type: 'agent.version', data: { bank: 'hall', software } },
  ]);
  const { said, options } = listening();
  await buildingLog(options);
  expect(said.at(-1)).toMatch(/The agent of hall runs x ]0;mine {2}#1 all is well {3}9\.0\.0 {2}by/);
});

it('shows what the service printed, from its file, and follows that', async () => {
  const file = join(folder, 'hub.log');
  const line = (msg: string) =>
    `${JSON.stringify({ level: 'info', time: 'now', msg, to: 'mara@example.org' })}\n`;
  await writeFile(file, line('one') + line('two') + rig.logged());
  const { said, options, end } = listening({ file, follow: true, lines: 10_000 });
  const following = serviceLog(options);
  await waitFor(() => said.includes('now  info   two'), DEADLINE_MS, 'what was there');
  await appendFile(file, line('three'));
  await waitFor(() => said.includes('now  info   three'), DEADLINE_MS, 'what comes');
  end();
  await following;
  expect(said.join('\n')).not.toContain('mara');
  await expect(serviceLog(listening({ file: join(folder, 'none') }).options)).rejects.toThrow(/--file/);
});

it('knows what “since” means', () => {
  expect([sinceOf('2h', 7_200_000), sinceOf('1970-01-01T00:00:01Z', 5)]).toEqual([0, 1_000]);
  expect(() => sinceOf('noon', 0)).toThrow(/30m/);
});
