/** Which topics a bank's agent may use: its own, in its own direction. Everything else is refused. */
import { bankPrefix, parseTopic, TOPICS } from '@lockerhub/protocol/bank/topics.ts';

/** Whether an agent of `bank` may publish on `topic`: only the topics of its own bank that come from agents. */
export function mayPublish(building: string, bank: string, topic: string): boolean {
  const parsed = parseTopic(topic);
  return (
    parsed !== undefined &&
    parsed.building === building &&
    parsed.bank === bank &&
    TOPICS[parsed.name].from === 'agent'
  );
}

/**
 * Whether an agent of `bank` may subscribe to `filter`: one topic of its own bank that the hub publishes, or all
 * that it is asked (`request/+`). A wildcard never reaches another bank, because the prefix is compared as it is.
 */
export function maySubscribe(building: string, bank: string, filter: string): boolean {
  const prefix = bankPrefix(building, bank);
  if (filter === `${prefix}request/+`) return true;
  const parsed = parseTopic(filter);
  return (
    parsed !== undefined &&
    parsed.building === building &&
    parsed.bank === bank &&
    TOPICS[parsed.name].from === 'hub'
  );
}
