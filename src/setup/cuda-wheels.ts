// CUDA's run-time libraries as Python wheels, in versions that libtensorflow 2.21's GPU build asks for (its `and-cuda` extra).
// ptxas (nvidia-cuda-nvcc) is left out: it only serves XLA, which the learner doesn't use.
import type { Wheel } from './python-wheels.js';

const MB = 1_000_000;
const target = (platform: string) => ({ pythonVersion: '311', abi: 'none', platform });
const wheel = (name: string, version: string, megabytes: number, platform: string, sha256: string): Wheel => ({
  name: `nvidia-${name}-cu12`,
  version,
  sha256,
  bytes: megabytes * MB,
  target: target(platform),
});

/** Sizes are rounded. */
export const CUDA_WHEELS: readonly Wheel[] = [
  wheel(
    'cublas',
    '12.9.3.13',
    580,
    'manylinux_2_27_x86_64',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  wheel(
    'cuda-cupti',
    '12.8.90',
    11,
    'manylinux2014_x86_64',
    'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  ),
  wheel(
    'cuda-nvrtc',
    '12.9.86',
    90,
    'manylinux2010_x86_64',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  wheel(
    'cuda-runtime',
    '12.9.79',
    4,
    'manylinux2014_x86_64',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  wheel(
    'cudnn',
    '9.28.0.42',
    680,
    'manylinux_2_27_x86_64',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  wheel(
    'cufft',
    '11.4.1.4',
    200,
    'manylinux2014_x86_64',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  wheel(
    'curand',
    '10.3.10.19',
    68,
    'manylinux_2_27_x86_64',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  wheel(
    'cusolver',
    '11.7.5.82',
    340,
    'manylinux_2_27_x86_64',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  wheel(
    'cusparse',
    '12.5.10.65',
    370,
    'manylinux2014_x86_64',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  wheel(
    'nccl',
    '2.32.3',
    320,
    'manylinux_2_27_x86_64',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  wheel(
    'nvjitlink',
    '12.9.86',
    40,
    'manylinux2010_x86_64',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];
