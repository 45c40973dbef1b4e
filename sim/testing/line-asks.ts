/** What tests ask of lines, and how they take it that an answer is none. */
import { LineError, type LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import type { VirtualSerialRig } from './serial-rig.ts';

/** Holding registers of a unit. */
export function readRegisters(unit: number, address: number, count = 1): LineRequest {
  return { unit, kind: 'read', area: 'holding-registers', address, count };
}

/** Pulses a relay of a Waveshare board for 300 ms. */
export function pulseRelay(unit: number, relay = 0): LineRequest & { readonly kind: 'write-coil' } {
  return { unit, kind: 'write-coil', address: 0x0200 + relay, value: 3 };
}

/**
 * The error that a request ends with.
 *
 * @throws Error if it was answered
 */
export async function failureOf(request: Promise<unknown>): Promise<LineError> {
  const error = await request.then(
    (value) => new Error(`it was answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof LineError) return error;
  throw error;
}

/** As polls do: asks again, on the rig's virtual clock, until the unit is heard. */
export async function polled(
  { line, clock, settled }: VirtualSerialRig,
  request: LineRequest,
): Promise<readonly number[]> {
  for (;;) {
    try {
      return await settled(line.request(request, 'poll'));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      await clock.advance(100);
    }
  }
}

/** The writes that the units of a rig have executed. */
export function executedOn({ plc }: VirtualSerialRig) {
  return plc.record.filter(({ kind }) => kind === 'executed');
}
