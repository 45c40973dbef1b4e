/** How a device's outputs are pulsed; the names are those of the profiles (edge-agent/devices). */
export const PULSE_METHODS = ['timed-coil', 'timed-register', 'trigger-coil', 'held-coil'] as const;
/** Those of devices that watch their agent: held coils behind a watchdog, and a PLC's program by the mailbox contract. */
export const ALL_METHODS = [...PULSE_METHODS, 'watchdog-coil', 'mailbox'] as const;
export type PulseMethod = (typeof ALL_METHODS)[number];
