import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import classes from './shell.module.css';

/** The one search box of all pages. `/` goes to it; what it finds is shown as deliveries. */
export function SearchBox() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(q), [q]);
  useHotkeys([['/', () => input.current?.select()]]);

  const find = (asked: string) =>
    void navigate({ to: '/deliveries', search: asked.trim() ? { q: asked.trim() } : {} });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find(text);
  };
  return (
    <search className={classes.search}>
      <form onSubmit={submit}>
        <TextInput
          ref={input}
          type="search"
          aria-label={t('search.label')}
          placeholder={t('search.hint')}
          title={t('search.shortcut')}
          maxLength={80}
          leftSection={<IconSearch size={18} />}
          rightSection={
            text ? (
              <CloseButton size="sm" aria-label={t('delivery.clear')} onClick={() => find('')} />
            ) : (
              <Kbd size="xs" visibleFrom="sm" aria-hidden>
                /
              </Kbd>
            )
          }
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && input.current?.blur()}
        />
      </form>
    </search>
  );
}
