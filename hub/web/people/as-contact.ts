import { type PhoneCountry, readPhoneNumber } from '@lockerhub/protocol/http/phone-number.ts';

interface Written<Channel extends string> {
  readonly channel: Channel;
  readonly to: string;
}

/** A way to reach somebody, as it was written: a phone number gets its country. What cannot be read stays, to be refused. */
export function asContact<Channel extends string>(
  { channel, to }: Written<Channel>,
  country: PhoneCountry,
): Written<Channel> {
  const plain = to.trim();
  return { channel, to: channel === 'sms' ? (readPhoneNumber(plain, country) ?? plain) : plain };
}
