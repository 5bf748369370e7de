// usage: node manifests.mjs FILE.yaml …: what published schemas and the Pod Security Standards say of the
// documents, as JSON lines {file, kind, check, message}. Nothing printed: nothing to complain about.
import { readFileSync } from 'node:fs';
import { createDefaultMonokleValidator } from '@monokle/validation';
import YAML from 'yaml';

const PACKAGES = {
  'argoproj.io': '@kubernetes-models/argo-cd',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'security.istio.io': '@kubernetes-models/istio',
};
// The models know this kind in its earlier version only; both have the same schema.
const SAME_AS = { 'security.istio.io/v1/PeerAuthentication': 'security.istio.io/v1beta1/PeerAuthentication' };
// Rules numbered PSS1.. are those of baseline, PSS2.. those that restricted adds.
const RULES = ['host-process', 'host-namespaces', 'privileged-containers', 'capabilities', 'host-path-volumes',
  'host-ports', 'app-armor', 'selinux', 'proc-mount', 'seccomp', 'sysctls',
  'volume-types', 'privilege-escalation', 'running-as-non-root', 'running-as-non-root-user',
  'seccomp-strict', 'capabilities-strict'];

const say = (file, kind, check, message) => console.log(JSON.stringify({ file, kind, check, message }));

async function checkSchema(file, document) {
  const kind = document.kind;
  const group = document.apiVersion.includes('/') ? document.apiVersion.split('/')[0] : '';
  const isCore = !group.includes('.') || group.endsWith('.k8s.io');
  const source = PACKAGES[group] ?? (isCore ? 'kubernetes-models' : null);
  if (!source) return say(file, kind, 'unknown', `no schema for ${document.apiVersion}`);
  const place = `${document.apiVersion}/${kind}`;
  const known = SAME_AS[place] ?? place;
  try {
    const { [kind]: Model } = await import(`${source}/${known}`);
    new Model({ ...document, apiVersion: known.slice(0, known.lastIndexOf('/')) }).validate();
  } catch (error) {
    say(file, kind, 'schema', String(error.message));
  }
}

const resources = [];
for (const file of process.argv.slice(2)) {
  for (const [index, parsed] of YAML.parseAllDocuments(readFileSync(file, 'utf8')).entries()) {
    const content = parsed.toJS();
    if (!content) continue;
    await checkSchema(file, content);
    resources.push({ id: `${file}#${index}`, fileId: file, filePath: file, fileOffset: 0, name: content.metadata?.name ?? '',
      apiVersion: content.apiVersion, kind: content.kind, namespace: content.metadata?.namespace, content, text: parsed.toString() });
  }
}
const validator = createDefaultMonokleValidator();
const rules = Object.fromEntries(RULES.map((name) => [`pod-security-standards/${name}`, 'err']));
await validator.preload({ plugins: { 'pod-security-standards': true }, rules });
const { runs } = await validator.validate({ resources });
for (const { ruleId, message, locations } of runs.flatMap((run) => run.results)) {
  const place = locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '';
  say(place, 'Pod', ruleId.startsWith('PSS2') ? 'restricted' : 'baseline', `${ruleId}: ${message.text}`);
}
