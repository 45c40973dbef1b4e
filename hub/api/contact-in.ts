/** Where somebody wants to be told, as they write it: an e-mail address, or a phone number that may name no country. */
import { Contact } from '@lockerhub/protocol/http/messages.ts';
import { readPhoneNumber } from '@lockerhub/protocol/http/phone-number.ts';
import { HubError } from '../error.ts';
import type { Hub } from './hub.ts';

/**
 * What a person typed.
 *
 * @param where it stood in the request. @throws HubError `contact-unreadable`
 */
export function contactIn(hub: Pick<Hub, 'policy'>, to: string, where: string): Contact {
  const phone = readPhoneNumber(to, hub.policy.get().phoneCountry);
  const contact = Contact.safeParse(
    to.includes('@') ? { channel: 'email', to } : { channel: 'sms', to: phone ?? to },
  );
  if (contact.success) return contact.data;
  throw new HubError(
    'contact-unreadable',
    'no e-mail address, and no phone number with its country: write it again',
    { where },
  );
}
