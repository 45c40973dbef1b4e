import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Kiosk } from './kiosk.tsx';
import { Phone } from './phone/phone.tsx';
import { createHub } from './terminal/hub.ts';
import { createWords, keepDocument } from './words/words.ts';

const words = createWords(navigator.language);
keepDocument(words, document.documentElement);
const hub = createHub({ fetch: (...request) => fetch(...request), clock: systemClock });

const root = document.getElementById('kiosk');
if (!root) throw new Error('index.html has no element #kiosk to put the page into');
const address = new URL(location.href);
// The same page in a resident's hand: the hub serves it at /pickup/.
const isPhone = address.pathname.startsWith('/pickup/');
createRoot(root).render(
  <StrictMode>
    {isPhone ? (
      <Phone hub={hub} clock={systemClock} words={words} address={address} />
    ) : (
      <Kiosk hub={hub} clock={systemClock} words={words} />
    )}
  </StrictMode>,
);
