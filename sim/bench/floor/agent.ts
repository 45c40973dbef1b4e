/**
 * The floor's far end: takes an open by MQTT, writes one line of a ledger to the disk, pulses by plain modbus-serial,
 * reads back, answers. No checks, no deadlines, no errors handled: what the wires and the disk cost by themselves.
 *
 * Arguments: the broker's port, the PLC's port, the ledger's path.
 */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import modbusSerial from 'modbus-serial';
import { MqttClient } from 'mqtt';
import { sharedMs } from '../samples.ts';
import { type FloorOpen, type FloorOpened, OPEN_TOPIC, OPENED_TOPIC, READY_TOPIC } from './topics.ts';

const { default: ModbusRTU } = modbusSerial;
const PULSE_MS = 100;

const [brokerPort, plcPort, ledgerPath] = process.argv.slice(2);
const ledger = openSync(String(ledgerPath), 'a', 0o600);
const plc = new ModbusRTU();
await plc.connectTCP('127.0.0.1', { port: Number(plcPort) });
plc.setID(1);

const link = new MqttClient(
  () => connect({ host: '127.0.0.1', port: Number(brokerPort), noDelay: true }),
  {},
);
link.on('message', (_topic, payload) => void open(JSON.parse(payload.toString())));
link.subscribe(OPEN_TOPIC, { qos: 1 }, () => link.publish(READY_TOPIC, '', { qos: 1 }));

async function open(request: FloorOpen): Promise<void> {
  writeSync(ledger, `${JSON.stringify({ kind: 'grant', outcome: 'begun', ...request })}\n`);
  fdatasyncSync(ledger);
  const coil = request.door - 1;
  const pulsedAtMs = sharedMs();
  await plc.writeCoil(coil, true);
  const { data } = await plc.readDiscreteInputs(0, 32);
  const seenAtMs = sharedMs();
  const opened: FloorOpened = { ...request, isOpen: data[coil] === false, pulsedAtMs, seenAtMs };
  link.publish(OPENED_TOPIC, JSON.stringify(opened), { qos: 1 });
  setTimeout(() => void plc.writeCoil(coil, false), PULSE_MS);
}
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.on('SIGTERM', () => process.exit(0));
