namespace Devoxx.Compose.Tests;

/// <summary>Service attributes and their canonical form, one by one. Expected values follow the specification and compose-go's loader/tests.</summary>
public sealed class AttributeTests
{
    [Theory]
    // scalars that stay what they are
    [InlineData("hostname: db", """{"hostname":"db"}""")]
    [InlineData("container_name: my_db.1", """{"container_name":"my_db.1"}""")]
    [InlineData("user: \"1000:1000\"", """{"user":"1000:1000"}""")]
    [InlineData("working_dir: /code", """{"working_dir":"/code"}""")]
    [InlineData("domainname: example.com", """{"domainname":"example.com"}""")]
    [InlineData("ipc: host\npid: host\nuts: host", """{"ipc":"host","pid":"host","uts":"host"}""")]
    [InlineData("pid:", "{}")]
    [InlineData("userns_mode: host", """{"userns_mode":"host"}""")]
    [InlineData("cgroup: private\ncgroup_parent: m-x", """{"cgroup":"private","cgroup_parent":"m-x"}""")]
    [InlineData("isolation: hyperv", """{"isolation":"hyperv"}""")]
    [InlineData("mac_address: 02:42:ac:11:65:43", """{"mac_address":"02:42:ac:11:65:43"}""")]
    [InlineData("platform: linux/arm64", """{"platform":"linux/arm64"}""")]
    [InlineData("runtime: runsc", """{"runtime":"runsc"}""")]
    [InlineData("restart: on-failure:3", """{"restart":"on-failure:3"}""")]
    [InlineData("restart: \"no\"", """{"restart":"no"}""")]
    [InlineData("stop_signal: SIGUSR1\nstop_grace_period: 90s", """{"stop_signal":"SIGUSR1","stop_grace_period":"1m30s"}""")]
    [InlineData("cpuset: 0-3", """{"cpuset":"0-3"}""")]
    [InlineData("pull_policy: if_not_present", """{"pull_policy":"missing"}""")]
    [InlineData("pull_policy: every_12h", """{"pull_policy":"every_12h"}""")]
    // booleans: false is left out, except where not given is something else
    [InlineData("privileged: true\nread_only: true\ntty: true\nstdin_open: true", """{"privileged":true,"read_only":true,"tty":true,"stdin_open":true}""")]
    [InlineData("privileged: false\ntty: false", "{}")]
    [InlineData("init: false\nattach: false", """{"init":false,"attach":false}""")]
    [InlineData("tty: \"yes\"", """{"tty":true}""")]
    [InlineData("oom_kill_disable: true\noom_score_adj: -500", """{"oom_kill_disable":true,"oom_score_adj":-500}""")]
    [InlineData("use_api_socket: true", """{"use_api_socket":true}""")]
    // numbers
    [InlineData("cpus: 0.5", """{"cpus":0.5}""")]
    [InlineData("cpus: \"1.25\"", """{"cpus":1.25}""")]
    [InlineData("cpus: 2", """{"cpus":2}""")]
    [InlineData("cpu_shares: 73\ncpu_quota: 50000\ncpu_period: \"100000\"", """{"cpu_shares":73,"cpu_quota":50000,"cpu_period":100000}""")]
    [InlineData("cpu_count: 2\ncpu_percent: 50\ncpu_rt_period: 1\ncpu_rt_runtime: 1", """{"cpu_count":2,"cpu_percent":50,"cpu_rt_period":1,"cpu_rt_runtime":1}""")]
    [InlineData("pids_limit: -1", """{"pids_limit":-1}""")]
    [InlineData("pids_limit: 0", "{}")]
    [InlineData("pids_limit: 3.9", """{"pids_limit":3}""")]
    [InlineData("pids_limit: .inf", """{"pids_limit":-9223372036854775808}""")]
    [InlineData("scale: 0", """{"scale":0}""")]
    // sizes are strings of bytes
    [InlineData("mem_limit: 512m\nmem_reservation: 1gb\nmemswap_limit: 2g", """{"mem_limit":"536870912","mem_reservation":"1073741824","memswap_limit":"2147483648"}""")]
    [InlineData("memswap_limit: -1", """{"memswap_limit":"-1"}""")]
    [InlineData("mem_swappiness: 60", """{"mem_swappiness":"60"}""")]
    [InlineData("shm_size: 67108864", """{"shm_size":"67108864"}""")]
    [InlineData("mem_limit: 1.5GiB", """{"mem_limit":"1610612736"}""")]
    // commands
    [InlineData("command: bundle exec thin -p 3000", """{"command":["bundle","exec","thin","-p","3000"]}""")]
    [InlineData("command: sh -c 'echo \"a b\"'", """{"command":["sh","-c","echo \"a b\""]}""")]
    [InlineData("command: [php, -d, \"a=b\"]", """{"command":["php","-d","a=b"]}""")]
    [InlineData("command: []", """{"command":[]}""")]
    [InlineData("command: \"\"", """{"command":[]}""")]
    [InlineData("command:", "{}")]
    [InlineData("command: echo hi && echo ho", """{"command":["echo","hi"]}""")]
    [InlineData("entrypoint: /code/entrypoint.sh -p 3000", """{"entrypoint":["/code/entrypoint.sh","-p","3000"]}""")]
    // lists
    [InlineData("cap_add: [ALL]\ncap_drop: [NET_ADMIN, SYS_ADMIN]", """{"cap_add":["ALL"],"cap_drop":["NET_ADMIN","SYS_ADMIN"]}""")]
    [InlineData("dns: 8.8.8.8", """{"dns":["8.8.8.8"]}""")]
    [InlineData("dns: [\"\", 9.9.9.9]", """{"dns":["9.9.9.9"]}""")]
    [InlineData("dns_search: example.com\ndns_opt: [use-vc]", """{"dns_search":["example.com"],"dns_opt":["use-vc"]}""")]
    [InlineData("tmpfs: /run", """{"tmpfs":["/run"]}""")]
    [InlineData("tmpfs: [/run, \"/tmp:size=64m\"]", """{"tmpfs":["/run","/tmp:size=64m"]}""")]
    [InlineData("expose: [3000, \"8000\", 9000-9010]", """{"expose":["3000","8000","9000-9010"]}""")]
    [InlineData("group_add: [mail, 1000]", """{"group_add":["mail","1000"]}""")]
    [InlineData("security_opt: [label=level:s0]\nexternal_links: [redis_1]", """{"security_opt":["label=level:s0"],"external_links":["redis_1"]}""")]
    [InlineData("device_cgroup_rules: [\"c 1:3 mr\"]", """{"device_cgroup_rules":["c 1:3 mr"]}""")]
    [InlineData("profiles: [debug]", null)]
    // pairs
    [InlineData("environment: {A: 1, B: true, C: 1.50, D: , E: \"\"}", """{"environment":{"A":"1","B":"true","C":"1.5","D":null,"E":""}}""")]
    [InlineData("environment: [A=1, B=x=y, C, D=]", """{"environment":{"A":"1","B":"x=y","C":null,"D":""}}""")]
    [InlineData("environment: [HOME]", """{"environment":{"HOME":"/home/me"}}""")]
    [InlineData("environment: {HOME: }", """{"environment":{"HOME":"/home/me"}}""")]
    [InlineData("environment: {A: 0755, B: 0x1F, C: yes, D: 1e3, E: 1_000}", """{"environment":{"A":"493","B":"31","C":"yes","D":"1000","E":"1000"}}""")]
    [InlineData("labels: {a: 1, b: , c: x}", """{"labels":{"a":"1","b":"","c":"x"}}""")]
    [InlineData("labels: [a=1, b, c=x=y]", """{"labels":{"a":"1","b":"","c":"x=y"}}""")]
    [InlineData("annotations: [com.example.foo=bar]", """{"annotations":{"com.example.foo":"bar"}}""")]
    [InlineData("sysctls: {net.core.somaxconn: 1024}", """{"sysctls":{"net.core.somaxconn":"1024"}}""")]
    [InlineData("sysctls: [net.core.somaxconn=1024, a]", """{"sysctls":{"net.core.somaxconn":"1024","a":""}}""")]
    [InlineData("storage_opt: {size: 1G}", """{"storage_opt":{"size":"1G"}}""")]
    [InlineData("logging: {driver: json-file, options: {max-size: 10m, max-file: 3, x: }}", """{"logging":{"driver":"json-file","options":{"max-size":"10m","max-file":"3","x":""}}}""")]
    [InlineData("extra_hosts: [\"a:1.2.3.4\", \"b=[::1]\", \"a:5.6.7.8\"]", """{"extra_hosts":["a=1.2.3.4","a=5.6.7.8","b=::1"]}""")]
    [InlineData("extra_hosts: {z: 1.1.1.1, a: [2.2.2.2, 3.3.3.3]}", """{"extra_hosts":["a=2.2.2.2","a=3.3.3.3","z=1.1.1.1"]}""")]
    [InlineData("ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}", """{"ulimits":{"nproc":65535,"nofile":{"soft":20000,"hard":40000}}}""")]
    [InlineData("ulimits: {memlock: -1, core: 0}", """{"ulimits":{"memlock":-1,"core":{}}}""")]
    // devices
    [InlineData("devices: [/dev/ttyUSB0, \"/dev/a:/dev/b\", \"/dev/c:/dev/d:r\"]",
        """{"devices":[{"source":"/dev/ttyUSB0","target":"/dev/ttyUSB0","permissions":"rwm"},{"source":"/dev/a","target":"/dev/b","permissions":"rwm"},{"source":"/dev/c","target":"/dev/d","permissions":"r"}]}""")]
    [InlineData("gpus: all", """{"gpus":[{"count":-1}]}""")]
    [InlineData("gpus: [{driver: nvidia, count: 2}]", """{"gpus":[{"driver":"nvidia","count":2}]}""")]
    // health
    [InlineData("healthcheck: {test: curl -f x, interval: 1m, timeout: 10s, retries: 3, start_period: 40s, start_interval: 5s}",
        """{"healthcheck":{"test":["CMD-SHELL","curl -f x"],"timeout":"10s","interval":"1m0s","retries":3,"start_period":"40s","start_interval":"5s"}}""")]
    [InlineData("healthcheck: {test: [CMD, a, b]}", """{"healthcheck":{"test":["CMD","a","b"]}}""")]
    [InlineData("healthcheck: {disable: true}", """{"healthcheck":{"disable":true}}""")]
    [InlineData("healthcheck: {retries: \"0\"}", """{"healthcheck":{"retries":0}}""")]
    // files of the project
    [InlineData("configs: [a, {source: b, target: /b, uid: \"103\", gid: \"103\", mode: 0440}]",
        """{"configs":[{"source":"a"},{"source":"b","target":"/b","uid":"103","gid":"103","mode":"0440"}]}""")]
    [InlineData("secrets: [a, {source: b, target: bb, mode: \"0400\"}]",
        """{"secrets":[{"source":"a","target":"/run/secrets/a"},{"source":"b","target":"bb","mode":"0400"}]}""")]
    [InlineData("credential_spec: {file: my.json}", """{"credential_spec":{"file":"my.json"}}""")]
    // others
    [InlineData("depends_on: [db]", """{"depends_on":{"db":{"condition":"service_started","required":true}}}""")]
    [InlineData("depends_on: {db: {condition: service_healthy, restart: true, required: false}}", """{"depends_on":{"db":{"condition":"service_healthy","restart":true,"required":false}}}""")]
    [InlineData("links: [\"db:database\", cache]",
        """{"links":["db:database","cache"],"depends_on":{"db":{"condition":"service_started","restart":true,"required":true},"cache":{"condition":"service_started","restart":true,"required":true}}}""")]
    [InlineData("network_mode: service:vpn", """{"network_mode":"service:vpn","depends_on":{"vpn":{"condition":"service_started","restart":true,"required":true}}}""")]
    [InlineData("volumes_from: [\"a:ro\", \"container:x\"]", """{"volumes_from":["a:ro","container:x"],"depends_on":{"a":{"condition":"service_started","required":true}}}""")]
    [InlineData("networks: [front, back]", """{"networks":{"front":null,"back":null}}""")]
    [InlineData("networks: {front: {aliases: [a], ipv4_address: 10.0.0.2, priority: 100, gw_priority: 1, interface_name: eth7}, back: }",
        """{"networks":{"front":{"aliases":["a"],"gw_priority":1,"interface_name":"eth7","ipv4_address":"10.0.0.2","priority":100},"back":null}}""")]
    [InlineData("blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}], device_read_bps: [{path: /dev/sdb, rate: 12mb}]}",
        """{"blkio_config":{"weight":300,"weight_device":[{"Path":"/dev/sda","Weight":400}],"device_read_bps":[{"Path":"/dev/sdb","Rate":"12582912"}]}}""")]
    [InlineData("provider: {type: awesomecloud, options: {a: b, c: [d, 1]}}", """{"provider":{"type":"awesomecloud","options":{"a":["b"],"c":["d","1"]}}}""")]
    [InlineData("post_start: [{command: ./do.sh, user: root, privileged: true, environment: [A=B]}]",
        """{"post_start":[{"command":["./do.sh"],"user":"root","privileged":true,"environment":{"A":"B"}}]}""")]
    [InlineData("develop: {watch: [{path: ./src, action: sync, target: /src, ignore: node_modules/}]}",
        """{"develop":{"watch":[{"path":"/srv/app/src","action":"sync","target":"/src","exec":{"command":null},"ignore":["node_modules/"]}]}}""")]
    [InlineData("models: [llm]", """{"models":{"llm":null}}""")]
    [InlineData("x-mine: {a: 1}", "{}")]
    public void Prints_the_canonical_form(string body, string? expected)
    {
        if (expected is null) Assert.Empty(Compose.Request(Compose.Stack(body)).Project().Services);
        else Compose.Same(expected, Compose.Canonical(body));
    }

    [Theory]
    [InlineData("build: ./dir", """{"context":"/srv/app/dir","dockerfile":"Dockerfile"}""")]
    [InlineData("build: {dockerfile: alt}", """{"context":"/srv/app","dockerfile":"alt"}""")]
    [InlineData("build: {context: ., dockerfile_inline: FROM a}", """{"context":"/srv/app","dockerfile_inline":"FROM a"}""")]
    [InlineData("build: https://github.com/a/b.git#main", """{"context":"https://github.com/a/b.git#main","dockerfile":"Dockerfile"}""")]
    [InlineData("build: {context: ., args: {A: 1, B: , HOME: }}", """{"context":"/srv/app","dockerfile":"Dockerfile","args":{"A":"1","HOME":"/home/me"}}""")]
    [InlineData("build: {context: ., args: [A=1, NOPE]}", """{"context":"/srv/app","dockerfile":"Dockerfile","args":{"A":"1"}}""")]
    [InlineData("build: {context: ., additional_contexts: [a=./x, b=docker-image://y], shm_size: 2gb, provenance: true, sbom: \"false\"}",
        """{"context":"/srv/app","dockerfile":"Dockerfile","provenance":"true","sbom":"false","additional_contexts":{"a":"/srv/app/x","b":"docker-image://y"},"shm_size":"2147483648"}""")]
    [InlineData("build: {context: ., secrets: [s], tags: [a:1, b:2], platforms: [linux/amd64], ssh: [default]}",
        """{"context":"/srv/app","dockerfile":"Dockerfile","ssh":["default"],"secrets":[{"source":"s"}],"tags":["a:1","b:2"],"platforms":["linux/amd64"]}""")]
    [InlineData("build: {context: ., labels: [a=b], cache_from: [x], no_cache: true, pull: true, target: prod, network: host, extra_hosts: [\"h:1.2.3.4\"]}",
        """{"context":"/srv/app","dockerfile":"Dockerfile","labels":{"a":"b"},"cache_from":["x"],"no_cache":true,"pull":true,"extra_hosts":["h=1.2.3.4"],"network":"host","target":"prod"}""")]
    public void Prints_a_build_canonically(string body, string expected) => Compose.Same(expected, Compose.Canonical(body)["build"]);

    [Theory]
    [InlineData("deploy: {replicas: 3}", """{"replicas":3,"resources":{},"placement":{}}""")]
    [InlineData("deploy: {mode: global, endpoint_mode: vip, labels: [a=b]}", """{"mode":"global","labels":{"a":"b"},"resources":{},"placement":{},"endpoint_mode":"vip"}""")]
    [InlineData("deploy: {resources: {limits: {cpus: '0.001', memory: 50M, pids: 10}, reservations: {cpus: 0.0001, memory: 20M}}}",
        """{"resources":{"limits":{"cpus":0.001,"memory":"52428800","pids":10},"reservations":{"cpus":0.0001,"memory":"20971520"}},"placement":{}}""")]
    [InlineData("deploy: {restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}}",
        """{"resources":{},"restart_policy":{"condition":"on-failure","delay":"5s","max_attempts":3,"window":"2m0s"},"placement":{}}""")]
    [InlineData("deploy: {update_config: {parallelism: 0, delay: 10s, order: start-first, max_failure_ratio: 0.3}}",
        """{"update_config":{"parallelism":0,"delay":"10s","max_failure_ratio":0.3,"order":"start-first"},"resources":{},"placement":{}}""")]
    [InlineData("deploy: {placement: {constraints: [node.role == manager], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 2}}",
        """{"resources":{},"placement":{"constraints":["node.role == manager"],"preferences":[{"spread":"node.labels.zone"}],"max_replicas_per_node":2}}""")]
    [InlineData("deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}], generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]}}}",
        """{"resources":{"reservations":{"devices":[{"capabilities":["gpu"],"count":-1}],"generic_resources":[{"discrete_resource_spec":{"kind":"gpu","value":2}}]}},"placement":{}}""")]
    [InlineData("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], device_ids: [\"0\"], options: [a=b]}]}}}",
        """{"resources":{"reservations":{"devices":[{"capabilities":["gpu"],"device_ids":["0"],"options":{"a":"b"}}]}},"placement":{}}""")]
    public void Prints_deploy_canonically(string body, string expected) => Compose.Same(expected, Compose.Canonical(body)["deploy"]);

    [Fact]
    public void An_empty_deploy_is_none() => Assert.Null(Compose.Canonical("deploy:")["deploy"]);
}
