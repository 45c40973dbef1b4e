/** Tells people of an alarm by mail: complete by itself, in plain words. */
import type { AlarmKind, AlarmNotice } from '@lockerhub/protocol/http/alarms.ts';
import { createTransport, type Transporter } from 'nodemailer';

/** A server that takes longer is asked again. Together below the lease of a notice. */
const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 20_000;

export interface MailSettings {
  /** `smtp://user@host:port` or `smtps://…`. */
  readonly url: string;
  readonly password: string | undefined;
  readonly from: string;
}

const WORDS: Readonly<Record<AlarmKind, string>> = {
  'log-damaged': 'A past entry of a building’s log was changed in the cloud',
  fork: 'The log of a building differs from the cloud’s',
  frozen: 'Two hubs claim one building',
  silent: 'Hubs are silent',
  quarantine: 'Log entries could not be read',
  'disk-low': 'Disks are nearly full',
  'clock-off': 'Clocks are wrong',
  'clock-untrusted': 'Clocks are not trusted',
  'unsent-growing': 'More and more entries wait to be sent',
};

/** Sends mails; `stop` closes what is open. */
export class AlarmMail {
  readonly #transport: Transporter;
  readonly #from: string;

  constructor({ url, password, from }: MailSettings) {
    const full = new URL(url);
    if (password !== undefined) full.password = encodeURIComponent(password);
    this.#from = from;
    this.#transport = createTransport({
      url: full.href,
      connectionTimeout: CONNECT_WITHIN_MS,
      greetingTimeout: CONNECT_WITHIN_MS,
      socketTimeout: ANSWER_WITHIN_MS,
    });
  }

  /** Sends one notice. Its id makes the `Message-ID`, by which mail programs know one that comes twice. */
  async send(address: string, id: string, notice: AlarmNotice): Promise<void> {
    const host = this.#from.split('@').at(-1)?.replace(/>.*$/, '') ?? 'lockerhub';
    await this.#transport.sendMail({
      from: this.#from,
      to: address,
      messageId: `<${id}@${host}>`,
      subject: subjectOf(notice),
      text: textOf(notice),
      headers: { 'auto-submitted': 'auto-generated' },
    });
  }

  stop(): void {
    this.#transport.close();
  }
}

/** One line: what, how many, whose. */
export function subjectOf(notice: AlarmNotice): string {
  const { event, kind, organisation } = notice;
  if (event === 'test' || kind === null) return `Test: alarms of ${organisation} arrive here`;
  const where =
    notice.total === 1 ? (notice.buildings[0]?.name ?? '1 building') : `${notice.total} buildings`;
  const state = { began: '', grew: 'More: ', ended: 'Over: ' }[event];
  return `${state}${WORDS[kind]}: ${where} (${organisation})`;
}

/** The whole mail. Times are UTC, because a mail does not know its reader. */
export function textOf(notice: AlarmNotice): string {
  const { kind, buildings, total, now, endedAtMs } = notice;
  if (kind === null) return 'This is a test. Nothing is wrong.\n';
  const lines = buildings.map(({ name, building }) => `  ${name} (${building})`);
  if (total > buildings.length) lines.push(`  and ${total - buildings.length} more`);
  const utc = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `${WORDS[kind]}.`,
    '',
    `Since: ${utc(notice.startedAtMs)}`,
    ...(endedAtMs === null ? [`Now: ${now} of ${total}`] : [`Over since: ${utc(endedAtMs)}`]),
    '',
    ...lines,
    '',
    'Residents can collect all the while; doors and kiosks do not wait for the cloud.',
    'Say on the fleet page that you look after it, and the others see that.',
    '',
  ].join('\n');
}
