/** What the page of integrations asks the hub. */
import { ApiKeyView, MadeApiKey, type NewApiKey } from '@lockerhub/protocol/http/api-keys.ts';
import {
  WebhookSecret,
  type WebhookSettings,
  WebhookTest,
  WebhookView,
} from '@lockerhub/protocol/http/webhooks.ts';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { ask, tell } from '../link/ask.ts';

const API_KEYS = '/api/v1/api-keys';

/** How the page's lists are called in the query cache. */
export const LISTS = { apiKeys: ['api-keys'], webhooks: ['webhooks'] } as const;

export const useApiKeys = () =>
  useQuery({
    queryKey: LISTS.apiKeys,
    queryFn: ({ signal }) => ask({ path: API_KEYS, signal }, z.array(ApiKeyView)),
  });
export const makeApiKey = (body: NewApiKey) => ask({ method: 'POST', path: API_KEYS, body }, MadeApiKey);
export const revokeApiKey = (key: string) =>
  tell({ path: `${API_KEYS}/${encodeURIComponent(key)}/revoke`, body: {} });

const WEBHOOKS = '/api/v1/webhooks';
const webhookPath = (webhook: string, act: string) => `${WEBHOOKS}/${encodeURIComponent(webhook)}/${act}`;

/** Nothing tells the page how a call went. */
const WEBHOOKS_ASK_EACH_MS = 5_000;

export const useWebhooks = () =>
  useQuery({
    queryKey: LISTS.webhooks,
    queryFn: ({ signal }) => ask({ path: WEBHOOKS, signal }, z.array(WebhookView)),
    refetchInterval: WEBHOOKS_ASK_EACH_MS,
  });
export const makeWebhook = (body: WebhookSettings) =>
  ask({ method: 'POST', path: WEBHOOKS, body }, WebhookSecret);
export const changeWebhook = (webhook: string, body: WebhookSettings) =>
  ask({ method: 'POST', path: `${WEBHOOKS}/${encodeURIComponent(webhook)}`, body }, WebhookView);
export const newSecret = (webhook: string) =>
  ask({ method: 'POST', path: webhookPath(webhook, 'secret'), body: {} }, WebhookSecret);
export const testWebhook = (webhook: string) =>
  ask({ method: 'POST', path: webhookPath(webhook, 'test'), body: {} }, WebhookTest);
export const actOnWebhook = (webhook: string, act: 'send-again' | 'forget' | 'remove') =>
  tell({ path: webhookPath(webhook, act), body: {} });
