/** What a read-only scan of a line found: who answers, at which speed, and what seems to be wrong with the wires. */
import { z } from 'zod';
import { Slug, UnitId } from '../ids.ts';
import { OfQuestion, Question } from './messages.ts';

/** The unit ids of a serial line: 0 is for everybody, and 248 to 255 are reserved (MODBUS over Serial Line V1.02, 2.2). */
export const SERIAL_UNIT_MAX = 247;

/** How a serial line is set. Always eight data bits. */
export const ScanSpeed = z.object({
  baud: z.int().min(1_200).max(921_600),
  parity: z.enum(['none', 'even', 'odd']),
  stopBits: z.union([z.literal(1), z.literal(2)]),
});
export type ScanSpeed = z.infer<typeof ScanSpeed>;

/**
 * What the answers of an id say. `answers`: one device, whose answers can be read. `two-answer`: more than one device
 * has this id. `garbled`: something answers, and what it says can't be read at this speed.
 */
export const ScanVerdict = z.enum(['answers', 'two-answer', 'garbled']);
export type ScanVerdict = z.infer<typeof ScanVerdict>;

export const ScanArea = z.enum(['coils', 'discrete-inputs', 'holding-registers', 'input-registers']);
export type ScanArea = z.infer<typeof ScanArea>;

/** One id that did not stay silent. */
export const ScannedUnit = z.object({
  unit: UnitId,
  verdict: ScanVerdict,
  /** The areas that it gave values of; others it refused, or it did not answer. */
  areas: z.array(ScanArea).max(4),
  /** Names of profiles that fit what it answered, the likeliest first. A hint: many devices answer alike. */
  profiles: z.array(z.string().max(40)).max(5),
});
export type ScannedUnit = z.infer<typeof ScannedUnit>;

/**
 * What was heard on the line besides answers. `break`: nothing but zeros, as an idle line sounds whose A and B are
 * swapped. `echo`: the adapter hears what it sends. `noise`: somebody speaks unasked, or garbage whoever is asked.
 */
export const ScanSound = z.enum(['quiet', 'break', 'echo', 'noise']);
export type ScanSound = z.infer<typeof ScanSound>;

/** One pass over the ids, at one speed. */
export const ScanPass = z.object({
  /** null on a TCP line. */
  speed: ScanSpeed.nullable(),
  /** How many ids were asked. */
  asked: z.int().min(0).max(256),
  sound: ScanSound,
  units: z.array(ScannedUnit).max(256),
});
export type ScanPass = z.infer<typeof ScanPass>;

/**
 * What to look at. All are hints: a scan hears bytes, not wires.
 *
 * `swapped-ab`: nobody answers and the idle line is heard as zeros. `nobody`: nobody answers at any speed tried: no
 * power, a broken wire, A and B swapped, or another speed. `wrong-speed`: something answers, and no speed tried makes it
 * readable. `two-answer`: two devices have one id. `noise`: another master, or a device that babbles. `echo`: switch the
 * adapter's echo off. `any-unit`: the device answers whatever id it is asked by, so ids tell nothing.
 */
export const ScanHint = z.enum([
  'swapped-ab',
  'nobody',
  'wrong-speed',
  'two-answer',
  'noise',
  'echo',
  'any-unit',
]);
export type ScanHint = z.infer<typeof ScanHint>;

/** Passes of one scan at most: every speed that is tried, and no more. */
export const SCAN_PASSES_MAX = 16;

/** What a scan found. */
export const ScanReport = z.object({
  passes: z.array(ScanPass).max(SCAN_PASSES_MAX),
  hints: z.array(ScanHint).max(7),
  /** False: it was stopped, and ids or speeds are missing. */
  complete: z.boolean(),
});
export type ScanReport = z.infer<typeof ScanReport>;

/** How far a scan is. */
export const ScanProgress = z.object({
  /** Questions by id and speed, done and in all; the whole grows where somebody answers. */
  done: z.int().min(0),
  of: z.int().min(0),
  speed: ScanSpeed.nullable(),
  unit: UnitId,
  /** Ids that did not stay silent so far. */
  found: z.int().min(0),
});
export type ScanProgress = z.infer<typeof ScanProgress>;

/**
 * Hub → agent, QoS 1, never retained: scan one of your lines. `own`: at the speed of the bank file; `usual`: at all
 * usual ones. `few`: ids 1 to 32; `all`: every id. Only one scan of a bank runs at a time.
 */
export const ScanRequest = Question.extend({
  line: Slug,
  speeds: z.enum(['own', 'usual']),
  units: z.enum(['few', 'all']),
});
export type ScanRequest = z.infer<typeof ScanRequest>;

/** Hub → agent: end that scan, and tell what it found. One that is over, or unknown, is left alone. */
export const ScanStop = OfQuestion;
export type ScanStop = z.infer<typeof ScanStop>;

/** Why an agent did not scan. */
export const ScanRefusal = z.enum([
  'session-foreign',
  'line-unknown',
  /** A door of the line is being opened, or another scan runs. */
  'busy',
  /** The line's input releases doors in an emergency: it must not be deaf. Stop the agent and scan from its console. */
  'watches-emergency',
]);
export type ScanRefusal = z.infer<typeof ScanRefusal>;

/** Agent → hub, QoS 1: several for one request, each telling where it stands; the last is `done`, `refused` or `failed`. */
export const ScanResponse = OfQuestion.extend({
  state: z.discriminatedUnion('is', [
    z.object({ is: z.literal('running'), progress: ScanProgress }),
    z.object({ is: z.literal('done'), report: ScanReport }),
    z.object({ is: z.literal('refused'), reason: ScanRefusal }),
    /** The line could not be used for it; `why` in plain words. */
    z.object({ is: z.literal('failed'), why: z.string().max(300) }),
  ]),
});
export type ScanResponse = z.infer<typeof ScanResponse>;
