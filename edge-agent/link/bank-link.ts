/** The seam between an agent and what carries its messages to the hub. */
import type { Availability } from '@lockerhub/protocol/bank/messages.ts';
import type { Arrived, MessageOf, TopicsFrom } from '@lockerhub/protocol/bank/topics.ts';

/** A message from the hub, checked against the protocol. */
export type FromHub = Extract<Arrived, { name: TopicsFrom<'hub'> }>;

/** What a connection tells. Nothing is told after `down`. */
export interface LinkListener {
  /** Connected, and subscribed to all that the hub sends. */
  up(): void;
  message(message: FromHub): void;
  /**
   * Over, for good; also when it never came up. `reason` in plain words. `expelled`: the hub, proven to be it, has said
   * that this agent speaks for the bank no more.
   */
  down(reason: string, expelled: boolean): void;
}

/** One connection: one session. */
export interface LinkConnection {
  /**
   * Sends in order. Resolves once the carrier has taken it over, which is no promise that the hub has seen it.
   *
   * @throws AgentError `link-closed`, or `link-overflow` if too much waits: then the connection is of no use.
   */
  publish<Name extends TopicsFrom<'agent'>>(
    name: Name,
    message: MessageOf<Name>,
    compartment?: number,
  ): Promise<void>;
  /** Ends it. `farewell` is sent before, if it is up; the will is then not used. Resolves within a bounded time. */
  close(farewell?: Availability): Promise<void>;
}

/** Carries one bank's messages. */
export interface BankLink {
  /** Begins one attempt to connect. `will` is published by the carrier if the connection dies. */
  connect(will: Availability, listener: LinkListener): LinkConnection;
}
