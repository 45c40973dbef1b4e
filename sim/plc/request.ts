/**
 * What a PLC is asked and what it answers, without the wire's framing. The same shape as the edge-agent's
 * `LineRequest`, written down again because a simulated device knows nothing of the agent.
 */

/** Modbus areas. Bits are 0 or 1, registers 0 to 65535; addresses are zero-based. */
export type PlcArea = 'coils' | 'discrete-inputs' | 'holding-registers' | 'input-registers';

/** One request to one unit. */
export type PlcRequest = { readonly unit: number } & (
  | { readonly kind: 'read'; readonly area: PlcArea; readonly address: number; readonly count: number }
  | { readonly kind: 'write-coil'; readonly address: number; readonly value: number }
  | { readonly kind: 'write-register'; readonly address: number; readonly value: number }
  | { readonly kind: 'write-registers'; readonly address: number; readonly values: readonly number[] }
);

/** The values of a read (none for a write), or a Modbus exception. */
export type PlcAnswer =
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'exception'; readonly code: number };

/** Modbus exception codes (MODBUS Application Protocol V1.1b3, section 7). */
export const EXCEPTION = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  deviceBusy: 6,
  gatewayNoAnswer: 11,
} as const;
