// REST of the downloads of a version's adapter.
import { Controller, Get, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { versionTextSchema } from '../../config/version-number.js';
import { AdapterDownloads, type Download } from './adapter-downloads.js';

const FAILURES = {
  404: 'There is no such assistant or version; version 0, the base model, has no adapter.',
  409: 'It was made for another base model than the one that is served here.',
  503: 'The file is missing here or damaged, or the database is not available.',
};

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/adapter-versions/:version')
export class AdapterDownloadsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly downloads: AdapterDownloads,
  ) {}

  @Get('adapter.gguf')
  @ApiProduces('application/octet-stream')
  @Endpoint({
    access: 'operator',
    summary: 'The adapter as a GGUF LoRA, as llama.cpp reads it',
    description: 'For: operator. `Repr-Digest` (RFC 9530) has its SHA-256.',
    status: 200,
    failures: FAILURES,
  })
  async gguf(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: versionTextSchema }) version: number,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const { id } = await this.assistants.bySlug(slug);
    const download = await this.downloads.gguf(id, version);
    response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(download.sha256, 'hex').toString('base64')}:`);
    return file(download, 'application/octet-stream', `${slug}-v${version}.gguf`);
  }

  @Get('adapter.peft.tar')
  @ApiProduces('application/x-tar')
  @Endpoint({
    access: 'operator',
    summary: 'The adapter as a PEFT folder, in a tar archive',
    description:
      'For: operator. `adapter_config.json` and `adapter_model.safetensors`, as Hugging Face PEFT and vLLM read them.',
    status: 200,
    failures: FAILURES,
  })
  async peft(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: versionTextSchema }) version: number,
  ): Promise<StreamableFile> {
    const { id } = await this.assistants.bySlug(slug);
    return file(await this.downloads.peft(id, version), 'application/x-tar', `${slug}-v${version}-peft.tar`);
  }
}

/** The name holds a slug and a number only, so it needs no quoting. */
const file = ({ stream, sizeBytes: length }: Download, type: string, name: string) =>
  new StreamableFile(stream, { type, length, disposition: `attachment; filename="${name}"` });
