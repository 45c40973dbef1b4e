/** What a bank file says of a compartment's output, and of its sensor or none. */
interface Seats {
  readonly line: string;
  readonly unit: number;
  readonly sensor: 'none' | { readonly line?: string | undefined; readonly unit?: number | undefined };
}

/** Where the sensor of a compartment sits: beside its output, unless it is said. Null without a sensor. */
export function sensorSeat({ line, unit, sensor }: Seats): { line: string; unit: number } | null {
  return sensor === 'none' ? null : { line: sensor.line ?? line, unit: sensor.unit ?? unit };
}
