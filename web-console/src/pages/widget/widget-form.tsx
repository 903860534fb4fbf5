// How the widget looks with a site key. An empty field: as the assistant or the page has it.
import { Button, ColorInput, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { Assistant } from '../../api/schemas/assistants.js';
import { siteKeySchema, type SiteKey, type WidgetSettings } from '../../api/schemas/prompts.js';

const LOCALES = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
  { value: 'fr', label: 'Français' },
  { value: 'es', label: 'Español' },
  { value: 'ja', label: '日本語' },
  { value: 'ar', label: 'العربية' },
];
const SWATCHES = ['#4338ca', '#0a6b42', '#0b5563', '#b3261e', '#7a4a00', '#1b1c26'];
const COLOUR = /^#[0-9a-f]{6}$/i;

interface WidgetFormProps {
  path: string;
  siteKey: SiteKey;
  widget: WidgetSettings;
  change: (widget: WidgetSettings) => void;
  assistant: Assistant | undefined;
}

export function WidgetForm({ path, siteKey, widget, change, assistant }: WidgetFormProps) {
  const save = useWrite((body: object) => api.send('PATCH', `${path}/${siteKey.id}`, body, siteKeySchema), {
    ...{ invalidates: [path], done: 'The widget’s looks are saved.' },
  });
  const set = (part: Partial<WidgetSettings>) => change({ ...widget, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ widget });
  };
  const isChanged = JSON.stringify(widget) !== JSON.stringify(siteKey.widget);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Title"
          maxLength={60}
          placeholder={assistant?.name}
          value={widget.title ?? ''}
          onChange={(event) => set({ title: event.currentTarget.value || null })}
        />
        <Textarea
          label="Greeting"
          autosize
          maxLength={1_000}
          placeholder={assistant?.greeting}
          value={widget.greeting ?? ''}
          onChange={(event) => set({ greeting: event.currentTarget.value || null })}
        />
        <Group grow align="flex-start">
          <Colour label="Colour" value={widget.accent} change={(accent) => set({ accent })} />
          <Colour label="Colour on dark" value={widget.accentDark} change={(accentDark) => set({ accentDark })} />
        </Group>
        <Choices widget={widget} set={set} />
        <Group justify="flex-end">
          <Button variant="default" disabled={!isChanged} onClick={() => change(siteKey.widget)}>
            Undo
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isChanged || !isWhole(widget)}>
            Save the looks
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A colour that is half typed can't be saved. */
const isWhole = ({ accent, accentDark }: WidgetSettings) =>
  [accent, accentDark].every((colour) => colour === null || COLOUR.test(colour));

interface ColourProps {
  label: string;
  value: string | null;
  change: (value: string | null) => void;
}

function Colour({ label, value, change }: ColourProps) {
  return (
    <ColorInput
      label={label}
      placeholder="The widget’s own"
      format="hex"
      swatches={SWATCHES}
      popoverProps={{ withinPortal: false }}
      withPicker={false}
      eyeDropperButtonProps={{ 'aria-label': 'Pick a colour from the screen' }}
      error={value !== null && !COLOUR.test(value) ? 'A colour such as #4338ca' : undefined}
      value={value ?? ''}
      onChange={(colour) => change(colour || null)}
    />
  );
}

function Choices({ widget, set }: { widget: WidgetSettings; set: (part: Partial<WidgetSettings>) => void }) {
  return (
    <Group grow align="flex-start">
      <Select
        {...{ label: 'Scheme', placeholder: 'The visitor’s', clearable: true }}
        data={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        value={widget.theme}
        onChange={(theme) => set({ theme })}
      />
      <Select
        {...{ label: 'Side', placeholder: 'By language', clearable: true }}
        data={[
          { value: 'right', label: 'Right' },
          { value: 'left', label: 'Left' },
        ]}
        value={widget.position}
        onChange={(position) => set({ position })}
      />
      <Select
        {...{ label: 'Language', placeholder: 'The page’s', clearable: true }}
        data={LOCALES}
        value={widget.locale}
        onChange={(locale) => set({ locale })}
      />
    </Group>
  );
}
