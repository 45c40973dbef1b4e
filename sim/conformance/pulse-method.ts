/** How a device's outputs are pulsed; the names are those of the profiles (edge-agent/devices). */
export const PULSE_METHODS = ['timed-coil', 'timed-register', 'trigger-coil', 'held-coil'] as const;
export type PulseMethod = (typeof PULSE_METHODS)[number];
