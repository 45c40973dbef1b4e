/** Scans of a bank's own lines, at the hub's request: one at a time, and only while nothing is being opened there. */

import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type {
  ScanProgress,
  ScanRefusal,
  ScanReport,
  ScanRequest,
  ScanResponse,
} from '@lockerhub/protocol/bank/scan.ts';
import { MAX_PAYLOAD_BYTES } from '@lockerhub/protocol/bank/topics.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { AgentError } from '../error.ts';
import { type ScanTarget, scanLine } from './scan-line.ts';
import { ALL_UNITS, USUAL_SPEEDS, wavesOf } from './scan-plan.ts';

/** Progress is told this often at most. */
const TELL_EACH_MS = 1_000;
/** What `why` may hold. */
const WHY_MAX = 300;

/** How a line of the bank is reached, and which ids its bank file names: they are asked whatever else is. */
export interface ScannableLine {
  readonly target: ScanTarget;
  readonly wired: readonly number[];
  /** Its devices take a further connection, so that it can be scanned beside the running line. */
  readonly beside: boolean;
}

export interface BankScansOptions {
  /** How each line is reached, by its id. */
  readonly lines: ReadonlyMap<string, ScannableLine>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The session that is up, or null. */
  readonly session: () => number | null;
  /** Lets go of a line for as long as the scan takes, where it can't be scanned beside. */
  readonly lend: (
    line: string,
  ) => Promise<{ readonly giveBack: () => void } | { readonly refused: ScanRefusal }>;
  readonly tell: (response: ScanResponse) => void;
}

interface Running {
  readonly id: string;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

export class BankScans {
  readonly #options: BankScansOptions;
  #running: Running | undefined;

  constructor(options: BankScansOptions) {
    this.#options = options;
  }

  /** Scans, or says why not. Resolves when the line is given back. */
  async begin(request: ScanRequest): Promise<void> {
    const line = this.#options.lines.get(request.line);
    if (request.session !== this.#options.session()) this.#refuse(request, 'session-foreign');
    else if (!line) this.#refuse(request, 'line-unknown');
    else if (this.#running) this.#refuse(request, 'busy');
    else {
      const stop = new AbortController();
      const over = this.#run(request, line, stop.signal).finally(() => {
        this.#running = undefined;
      });
      this.#running = { id: request.id, stop, over };
      await over;
    }
  }

  /** Ends that scan after the question that is being asked. */
  end(id: string): void {
    if (this.#running?.id === id) this.#running.stop.abort();
  }

  /** Ends whatever runs; resolves when the line is given back. */
  async stop(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.over;
  }

  async #run(request: ScanRequest, line: ScannableLine, signal: AbortSignal): Promise<void> {
    const { lend, log } = this.#options;
    const lent = line.beside ? { giveBack: () => {} } : await lend(request.line);
    if ('refused' in lent) {
      this.#refuse(request, lent.refused);
      return;
    }
    log.info({ line: request.line, scan: request.id, beside: line.beside }, 'a line is being scanned');
    try {
      const report = await this.#scan(request, line, signal);
      this.#tell(request, { is: 'done', report: withinLimits(report) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!(error instanceof AgentError)) log.error({ err: error }, 'a scan failed');
      this.#tell(request, { is: 'failed', why: why.slice(0, WHY_MAX) });
    } finally {
      lent.giveBack();
      log.info({ line: request.line, scan: request.id }, 'the scan of a line is over');
    }
  }

  #scan(request: ScanRequest, { target, wired }: ScannableLine, signal: AbortSignal): Promise<ScanReport> {
    const { clock, random } = this.#options;
    let toldMs = Number.NEGATIVE_INFINITY;
    const onProgress = (progress: ScanProgress): void => {
      const nowMs = clock.monotonicMs();
      if (nowMs - toldMs < TELL_EACH_MS) return;
      toldMs = nowMs;
      this.#tell(request, { is: 'running', progress });
    };
    const isWide = target.kind === 'serial' && request.speeds === 'usual';
    const units = request.units === 'few' ? [...wavesOf(ALL_UNITS)[0], ...wired] : [...ALL_UNITS, ...wired];
    return scanLine(isWide ? { ...target, speeds: USUAL_SPEEDS } : target, {
      clock,
      random,
      units,
      onProgress,
      signal,
    });
  }

  #refuse(request: ScanRequest, reason: ScanRefusal): void {
    this.#tell(request, { is: 'refused', reason });
  }

  #tell({ id }: ScanRequest, state: ScanResponse['state']): void {
    this.#options.tell({ v: VERSION, id, state });
  }
}

/** A bus with so many devices that the report would be too long for a message has the names of likely profiles cut. */
function withinLimits(report: ScanReport): ScanReport {
  if (Buffer.byteLength(JSON.stringify(report)) < MAX_PAYLOAD_BYTES / 2) return report;
  const passes = report.passes.map((pass) => ({
    ...pass,
    units: pass.units.map((unit) => ({ ...unit, profiles: [] })),
  }));
  return { ...report, passes };
}
