// REST of the widget's looks: public, for the widget asks from any website before anybody has said anything.
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccessError } from '../access/access-error.js';
import { Endpoint } from '../access/endpoint.js';
import { SiteKeys } from '../access/site-keys/site-keys.js';
import { publicKeySchema, toWidgetLooks, widgetLooksSchema, type WidgetLooks } from './widget-settings.schema.js';

@ApiTags('site keys')
@Controller('api/v1/widget')
export class WidgetSettingsController {
  constructor(private readonly siteKeys: SiteKeys) {}

  /** A page view of every visitor asks, so caches may answer; a change is seen a minute later. */
  @Get(':key')
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', 'public, max-age=60, stale-while-revalidate=86400')
  @Endpoint({
    access: 'public',
    summary: 'How the widget looks with this site key',
    answer: widgetLooksSchema,
    failures: { 404: 'There is no such site key.' },
  })
  async looks(@Param('key', { schema: publicKeySchema }) key: string): Promise<WidgetLooks> {
    const siteKey = await this.siteKeys.find(key);
    if (siteKey) return toWidgetLooks(siteKey.widget);
    throw new AccessError('site.unknown_key', 'No assistant has this site key.', 'notFound');
  }
}
