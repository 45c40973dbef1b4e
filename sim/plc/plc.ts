import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { type Body, type Device, refused } from './devices/device.ts';
import { newDevice, type PlcDevice } from './devices/new-device.ts';
import { COMMON_LOCK, Door, type DoorEvent, type DoorView, type LockOptions } from './door.ts';
import { EXCEPTION, type PlcAnswer, type PlcArea, type PlcRequest } from './request.ts';

/** One unit: a device and how many points of each area it has. */
export interface PlcUnitOptions {
  readonly unit: number;
  readonly device: PlcDevice;
  readonly coils?: number;
  readonly discreteInputs?: number;
  readonly holdingRegisters?: number;
  readonly inputRegisters?: number;
  /** What one read may ask for in bits, where the device takes less than the protocol. */
  readonly readBitsAtMost?: number;
}

/** One door: the output that fires its lock, and its sensor or none. */
export interface PlcDoorOptions {
  readonly number: number;
  readonly unit: number;
  /** The output as its device knows it: a zero-based coil, a relay's register, a compartment of the program. */
  readonly coil: number;
  /** Zero-based point of the sensor, and the bit it shows while the door is closed. */
  readonly sensor: {
    /** The output's, unless the contact is wired to another. */
    readonly unit?: number;
    /** `program`: a contact that the device's program reads and shows in its own way, `address` its number there. */
    readonly area: 'discrete-inputs' | 'coils' | 'program';
    readonly address: number;
    readonly closed: 0 | 1;
  } | null;
  readonly lock?: Partial<LockOptions>;
  /** Whether it stands open at the start. */
  readonly open?: boolean;
}

/** How the controller treats requests from now on. Change a field at any time. */
export interface PlcManners {
  /** A request waits this long before it is executed. */
  executeAfterMs: number;
  /** An executed request waits this long before it is answered. */
  answerAfterMs: number;
  /** `executes`: does what it is told and says nothing. `ignores`: does nothing and says nothing. */
  silence: 'none' | 'executes' | 'ignores';
  /** Refuses each request with this exception; it is not executed. */
  exception: number | null;
}

/** What happens to a PLC and its doors, told as it happens. */
export type PlcEvent =
  | DoorEvent
  | { readonly kind: 'executed'; readonly atMs: number; readonly request: PlcRequest; readonly late: boolean }
  | { readonly kind: 'refused'; readonly atMs: number; readonly request: PlcRequest; readonly code: number }
  | { readonly kind: 'power'; readonly atMs: number; readonly on: boolean }
  /** The program lets go of every connection. */
  | { readonly kind: 'disconnected'; readonly atMs: number };

/** Options of a `Plc`. */
export interface PlcOptions {
  readonly clock: Clock;
  readonly units: readonly PlcUnitOptions[];
  readonly doors: readonly PlcDoorOptions[];
}

/** Points of an area that a unit has unless told otherwise. */
const POINTS_DEFAULT = 64;
/** Requests that wait in a controller; further ones are lost, as in a device whose receive buffer is full. */
const QUEUE_LIMIT = 256;
/** Events kept in `record`; older ones are dropped (listeners have had them). */
const RECORD_LIMIT = 10_000;
/** Modbus limits of one request (MODBUS Application Protocol V1.1b3, sections 6.1 to 6.12). */
const READ_BITS_LIMIT = 2_000;
const READ_REGISTERS_LIMIT = 125;
const WRITE_REGISTERS_LIMIT = 123;

interface Unit {
  readonly device: Device;
  readonly areas: Record<PlcArea, Uint16Array>;
  readonly readBitsAtMost: number;
}

interface Wire {
  readonly door: Door;
  readonly options: PlcDoorOptions;
}

interface Waiting {
  readonly request: PlcRequest;
  readonly answer: (answer: PlcAnswer) => void;
  readonly frozen: boolean;
}

/**
 * A programmable controller with relays, locks and doors, without any wire: the TCP server and simulations on a
 * virtual clock drive this same model. Deterministic: its only input besides calls is the clock.
 */
export class Plc {
  readonly manners: PlcManners = { executeAfterMs: 0, answerAfterMs: 0, silence: 'none', exception: null };
  /** The last events, oldest first. */
  readonly record: PlcEvent[] = [];
  /** Someone at the bank. */
  readonly hand = {
    open: (door: number): void => this.#door(door).pullOpen(),
    /** False if the latch did not hold because its lock is energised. */
    close: (door: number): boolean => this.#door(door).pushShut(),
  };

  readonly #clock: Clock;
  readonly #units = new Map<number, Unit>();
  readonly #wires = new Map<number, Wire>();
  readonly #wiresOfCoil = new Map<string, Wire[]>();
  readonly #sensors = new Map<string, Wire>();
  readonly #inputs = new Map<string, 0 | 1>();
  readonly #listeners = new Set<(event: PlcEvent) => void>();
  #queue: Waiting[] = [];
  #working: Timer | 'yes' | undefined;
  #frozen = false;
  #powered = true;

  constructor(options: PlcOptions) {
    this.#clock = options.clock;
    for (const unit of options.units) this.#units.set(unit.unit, this.#newUnit(unit));
    for (const door of options.doors) this.#wire(door);
  }

  get powered(): boolean {
    return this.#powered;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Requests that have arrived and are not executed yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** All doors as they stand, by number. */
  get doors(): readonly DoorView[] {
    return [...this.#wires.values()].map((wire) => wire.door.view);
  }

  door(number: number): DoorView {
    return this.#door(number).view;
  }

  /** Whether there is such a unit: on a bus nobody answers for one that there is not. */
  hasUnit(unit: number): boolean {
    return this.#units.has(unit);
  }

  /** Calls `listener` at each event. Returns what ends that. */
  observe(listener: (event: PlcEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  jam(door: number): void {
    this.#door(door).jam();
  }

  unjam(door: number): void {
    this.#door(door).unjam();
  }

  repair(door: number): void {
    this.#door(door).repair();
  }

  /**
   * A request arrives. It is executed and answered in order, as the manners say; `answer` is never called for one
   * that gets none. A request that waits in a frozen controller is executed when it thaws, whoever still listens.
   */
  receive(request: PlcRequest, answer: (answer: PlcAnswer) => void): void {
    if (!this.#powered || this.#queue.length >= QUEUE_LIMIT) return;
    this.#queue.push({ request, answer, frozen: this.#frozen });
    this.#work();
  }

  /** The program stops in its tracks: requests pile up, outputs stay as they are. */
  freeze(): void {
    this.#frozen = true;
  }

  /** The program goes on where it stood, with all that piled up. */
  thaw(): void {
    this.#frozen = false;
    this.#work();
  }

  /** Power fails: outputs fall off, what waited is forgotten. Doors stay as they are. */
  cutPower(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.#queue = [];
    if (this.#working !== undefined && this.#working !== 'yes') this.#working.cancel();
    this.#working = undefined;
    for (const [number, unit] of this.#units) {
      for (const area of Object.values(unit.areas)) area.fill(0);
      unit.device.powerCut();
      for (const wire of this.#wires.values()) if (wire.options.unit === number) wire.door.release();
    }
    this.#tell({ kind: 'power', atMs: this.#clock.monotonicMs(), on: false });
  }

  /** Power is back; everything starts from zero. */
  restorePower(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.#frozen = false;
    for (const { device } of this.#units.values()) device.powerRestored?.();
    this.#tell({ kind: 'power', atMs: this.#clock.monotonicMs(), on: true });
  }

  /** Sets an input that is no door's: a fire contact, a key switch. It stays as it is when the power fails. */
  setInput(unit: number, address: number, value: 0 | 1): void {
    this.#inputs.set(`${unit}/discrete-inputs/${address}`, value);
  }

  /** Executes a request now, whatever the manners are. */
  execute(request: PlcRequest): PlcAnswer {
    const unit = this.#units.get(request.unit);
    if (!unit) return { kind: 'exception', code: EXCEPTION.gatewayNoAnswer };
    unit.device.heard?.();
    switch (request.kind) {
      case 'read':
        return this.#read(unit, request);
      case 'write-coil':
        return unit.device.writeCoil(request.address, request.value);
      case 'write-register':
        return unit.device.writeRegisters(request.address, [request.value]);
      case 'write-registers': {
        const { address, values } = request;
        const isTooLong = values.length < 1 || values.length > WRITE_REGISTERS_LIMIT;
        return isTooLong ? refused('illegalValue') : unit.device.writeRegisters(address, values);
      }
    }
  }

  #newUnit(options: PlcUnitOptions): Unit {
    const { unit } = options;
    const areas = {
      coils: new Uint16Array(options.coils ?? POINTS_DEFAULT),
      'discrete-inputs': new Uint16Array(options.discreteInputs ?? POINTS_DEFAULT),
      'holding-registers': new Uint16Array(options.holdingRegisters ?? POINTS_DEFAULT),
      'input-registers': new Uint16Array(options.inputRegisters ?? POINTS_DEFAULT),
    };
    const body: Body = {
      clock: this.#clock,
      areas,
      drive: (output, on) => this.#drive(areas, unit, output, on),
      contacts: () => this.#contactsOf(unit),
      disconnect: () => this.#tell({ kind: 'disconnected', atMs: this.#clock.monotonicMs() }),
    };
    const readBitsAtMost = options.readBitsAtMost ?? READ_BITS_LIMIT;
    return { device: newDevice(options.device, body), areas, readBitsAtMost };
  }

  *#contactsOf(unit: number): Iterable<readonly [number, 0 | 1]> {
    for (const { door, options } of this.#wires.values()) {
      const { sensor } = options;
      if ((sensor?.unit ?? options.unit) === unit && sensor?.area === 'program')
        yield [sensor.address, contactBit(door, sensor)];
    }
  }

  #wire(options: PlcDoorOptions): void {
    const door = new Door({
      number: options.number,
      clock: this.#clock,
      lock: { ...COMMON_LOCK, ...options.lock },
      open: options.open ?? false,
      tell: (event) => this.#tell(event),
    });
    const wire = { door, options };
    this.#wires.set(options.number, wire);
    const coil = `${options.unit}/${options.coil}`;
    this.#wiresOfCoil.set(coil, [...(this.#wiresOfCoil.get(coil) ?? []), wire]);
    const { sensor } = options;
    if (sensor) this.#sensors.set(`${sensor.unit ?? options.unit}/${sensor.area}/${sensor.address}`, wire);
  }

  #door(number: number): Door {
    const wire = this.#wires.get(number);
    if (!wire) throw new RangeError(`this PLC has no door ${number}`);
    return wire.door;
  }

  #tell(event: PlcEvent): void {
    this.record.push(event);
    if (this.record.length > RECORD_LIMIT) this.record.splice(0, RECORD_LIMIT / 2);
    for (const listener of this.#listeners) listener(event);
  }

  #work(): void {
    while (this.#working === undefined && !this.#frozen) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#working = 'yes';
      this.#wait(this.manners.executeAfterMs, () => this.#serve(next));
    }
  }

  #serve(waiting: Waiting): void {
    if (this.#frozen) {
      this.#queue.unshift({ ...waiting, frozen: true });
      this.#working = undefined;
      return;
    }
    const { silence, exception, answerAfterMs } = this.manners;
    if (silence === 'ignores') {
      this.#done();
      return;
    }
    const answer: PlcAnswer =
      exception === null ? this.#executeAndTell(waiting) : { kind: 'exception', code: exception };
    if (silence === 'executes') {
      this.#done();
      return;
    }
    this.#wait(answerAfterMs, () => {
      waiting.answer(answer);
      this.#done();
    });
  }

  #executeAndTell({ request, frozen }: Waiting): PlcAnswer {
    const answer = this.execute(request);
    const atMs = this.#clock.monotonicMs();
    if (answer.kind === 'exception') this.#tell({ kind: 'refused', atMs, request, code: answer.code });
    else if (request.kind !== 'read') this.#tell({ kind: 'executed', atMs, request, late: frozen });
    return answer;
  }

  #done(): void {
    this.#working = undefined;
    this.#work();
  }

  #wait(delayMs: number, act: () => void): void {
    if (delayMs > 0) this.#working = this.#clock.after(delayMs, act);
    else act();
  }

  #read(unit: Unit, { unit: number, area, address, count }: PlcRequest & { kind: 'read' }): PlcAnswer {
    unit.device.beforeRead?.();
    const points = unit.areas[area];
    const bits = area === 'coils' || area === 'discrete-inputs';
    if (count < 1 || count > (bits ? unit.readBitsAtMost : READ_REGISTERS_LIMIT))
      return refused('illegalValue');
    if (address + count > points.length) return refused('illegalAddress');
    const values = Array.from(points.subarray(address, address + count));
    if (!bits) return { kind: 'values', values };
    for (let index = 0; index < count; index++) {
      const point = `${number}/${area}/${address + index}`;
      values[index] = this.#inputs.get(point) ?? values[index] ?? 0;
      const wire = this.#sensors.get(point);
      if (wire?.options.sensor) values[index] = contactBit(wire.door, wire.options.sensor);
    }
    return { kind: 'values', values };
  }

  #drive(areas: Unit['areas'], unit: number, output: number, on: boolean): void {
    if (output < areas.coils.length) areas.coils[output] = on ? 1 : 0;
    for (const { door } of this.#wiresOfCoil.get(`${unit}/${output}`) ?? []) {
      if (on) door.energise();
      else door.release();
    }
  }
}

function contactBit(door: Door, { closed }: { readonly closed: 0 | 1 }): 0 | 1 {
  return door.view.open ? ((1 - closed) as 0 | 1) : closed;
}
