/** Every MQTT topic there is: who publishes it, how, and what it carries. Nothing else is accepted. */
import type { z } from 'zod';
import { ProtocolError } from '../error.ts';
import {
  Availability,
  BankEvent,
  BankState,
  CompartmentReport,
  EventAck,
  Heartbeat,
  OpenRequest,
  OpenResponse,
  OutcomesRequest,
  OutcomesResponse,
  RecordsRequest,
  RecordsResponse,
} from './messages.ts';
import { HandOver, ListHeld, SignedList, TakenOver } from './pickup-list.ts';
import { NextCertificate, Renewal, RenewRequest } from './renewal.ts';
import { ScanRequest, ScanResponse, ScanStop } from './scan.ts';

interface TopicRule {
  /** The part after `lockerhub/<building>/<bank>/`; `+` stands for a compartment's number. */
  readonly path: string;
  readonly from: 'agent' | 'hub';
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly schema: z.ZodType;
}

export const TOPICS = {
  availability: { path: 'availability', from: 'agent', qos: 1, retain: true, schema: Availability },
  state: { path: 'state', from: 'agent', qos: 1, retain: true, schema: BankState },
  compartment: { path: 'compartment/+', from: 'agent', qos: 1, retain: true, schema: CompartmentReport },
  event: { path: 'event', from: 'agent', qos: 1, retain: false, schema: BankEvent },
  openResponse: { path: 'response/open', from: 'agent', qos: 1, retain: false, schema: OpenResponse },
  outcomesResponse: {
    path: 'response/outcomes',
    from: 'agent',
    qos: 1,
    retain: false,
    schema: OutcomesResponse,
  },
  recordsResponse: {
    path: 'response/records',
    from: 'agent',
    qos: 1,
    retain: false,
    schema: RecordsResponse,
  },
  scanResponse: { path: 'response/scan', from: 'agent', qos: 1, retain: false, schema: ScanResponse },
  listHeld: { path: 'pickups/held', from: 'agent', qos: 1, retain: false, schema: ListHeld },
  handOver: { path: 'pickups/released', from: 'agent', qos: 1, retain: false, schema: HandOver },
  renewal: { path: 'response/renew', from: 'agent', qos: 1, retain: false, schema: Renewal },
  open: { path: 'request/open', from: 'hub', qos: 1, retain: false, schema: OpenRequest },
  outcomes: { path: 'request/outcomes', from: 'hub', qos: 1, retain: false, schema: OutcomesRequest },
  records: { path: 'request/records', from: 'hub', qos: 1, retain: false, schema: RecordsRequest },
  scan: { path: 'request/scan', from: 'hub', qos: 1, retain: false, schema: ScanRequest },
  scanStop: { path: 'request/scan-stop', from: 'hub', qos: 1, retain: false, schema: ScanStop },
  renew: { path: 'request/renew', from: 'hub', qos: 1, retain: false, schema: RenewRequest },
  certificate: { path: 'certificate', from: 'hub', qos: 1, retain: false, schema: NextCertificate },
  ack: { path: 'ack', from: 'hub', qos: 1, retain: false, schema: EventAck },
  pickups: { path: 'pickups/list', from: 'hub', qos: 1, retain: false, schema: SignedList },
  takenOver: { path: 'pickups/taken', from: 'hub', qos: 1, retain: false, schema: TakenOver },
  heartbeat: { path: 'heartbeat', from: 'hub', qos: 0, retain: false, schema: Heartbeat },
} as const satisfies Record<string, TopicRule>;

export type TopicName = keyof typeof TOPICS;
/** What a topic carries. */
export type MessageOf<Name extends TopicName> = z.infer<(typeof TOPICS)[Name]['schema']>;
/** A message together with its topic's name: what arrives, decoded. */
export type Arrived = {
  [Name in TopicName]: { readonly name: Name; readonly message: MessageOf<Name> };
}[TopicName];
export type TopicsFrom<Side extends 'agent' | 'hub'> = {
  [Name in TopicName]: (typeof TOPICS)[Name]['from'] extends Side ? Name : never;
}[TopicName];

/** The largest payload of any topic; a larger one is refused unread. FINDINGS: aedes itself has no limit. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;

/** The prefix of all topics of one bank. */
export function bankPrefix(building: string, bank: string): string {
  return `lockerhub/${building}/${bank}/`;
}

/** The full topic of a message. `compartment` is needed for (and only for) the topic of that name. */
export function topicOf(building: string, bank: string, name: TopicName, compartment?: number): string {
  const { path } = TOPICS[name];
  return (
    bankPrefix(building, bank) + (compartment === undefined ? path : path.replace('+', String(compartment)))
  );
}

/** A message as it goes onto the wire: UTF-8 JSON. */
export function encode<Name extends TopicName>(_name: Name, message: MessageOf<Name>): string {
  return JSON.stringify(message);
}

/** Which topic of which building and bank this is, or undefined for one that we do not have. */
export function parseTopic(
  topic: string,
): { building: string; bank: string; name: TopicName; compartment?: number } | undefined {
  const [root, building, bank, ...rest] = topic.split('/');
  if (root !== 'lockerhub' || !building || !bank) return undefined;
  const path = rest.join('/');
  for (const name of Object.keys(TOPICS) as TopicName[]) {
    if (TOPICS[name].path === path && name !== 'compartment') return { building, bank, name };
  }
  const number = /^compartment\/([1-9][0-9]{0,3})$/.exec(path)?.[1];
  return number ? { building, bank, name: 'compartment', compartment: Number(number) } : undefined;
}

/**
 * Reads what arrived on a topic.
 *
 * @throws ProtocolError `topic-unknown`, `message-too-large` or `message-invalid` (naming the field).
 */
export function decode(topic: string, payload: Uint8Array): Arrived & { building: string; bank: string } {
  const parsed = parseTopic(topic);
  if (!parsed)
    throw new ProtocolError('topic-unknown', `no topic "${topic.slice(0, 200)}" in the bank protocol`);
  if (payload.byteLength > MAX_PAYLOAD_BYTES) {
    throw new ProtocolError(
      'message-too-large',
      `${parsed.name}: ${payload.byteLength} bytes; at most ${MAX_PAYLOAD_BYTES} are read`,
    );
  }
  const message = readJson(parsed.name, payload);
  const result = TOPICS[parsed.name].schema.safeParse(message);
  if (!result.success) {
    const issue = result.error.issues[0];
    const where = [parsed.name, ...(issue?.path ?? [])].join('.');
    throw new ProtocolError('message-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, {
      cause: result.error,
    });
  }
  if (
    parsed.compartment !== undefined &&
    (result.data as CompartmentReport).compartment !== parsed.compartment
  ) {
    throw new ProtocolError(
      'message-invalid',
      `compartment: the topic says ${parsed.compartment}, the message not`,
    );
  }
  const { building, bank, name } = parsed;
  return { building, bank, name, message: result.data } as Arrived & { building: string; bank: string };
}

function readJson(name: TopicName, payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new ProtocolError('message-invalid', `${name}: not UTF-8 JSON`, { cause });
  }
}
