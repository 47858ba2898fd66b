"""Simplified Chinese for every text that passes through ``i18n._``, in alphabetical order."""

import json
from pathlib import Path

_SHARED = Path(__file__).with_name("shared.json")  # with the log view's JavaScript

MESSAGES: dict[str, str] = {
    **json.loads(_SHARED.read_text("utf-8")),
    "%ma_log lists the jobs": "用 %ma_log 列出作业",
    "%ma_log lists the jobs with their ids": "用 %ma_log 列出作业及其 ID",
    "%ma_session login": "%ma_session login",
    "%ma_viz has no sub-command {name}": "%ma_viz 没有子命令 {name}",
    "%ma_viz list shows the jobs with their ids": "用 %ma_viz list 查看作业及其 ID",
    "%ma_viz stop {job}": "%ma_viz stop {job}",
    "'{id}' is not an id": "“{id}”不是 ID",
    ". ": "。",
    "1 to 20 letters, digits, - and _": "1 到 20 位字母、数字、- 或 _",
    "1 to 20 letters, digits, - and _; up to 64 with API v2": (
        "1 到 20 位字母、数字、- 或 _；API v2 最多 64 位"
    ),
    "1 to 64 letters, digits, - and _": "1 到 64 位字母、数字、- 或 _",
    "A name has {words}": "名称由{words}组成",
    "A region is such as cn-north-4": "区域形如 cn-north-4",
    "A sign that means itself is doubled: {signs}": "表示符号本身时请双写：{signs}",
    "A step is a minute": "一步为一分钟",
    "A user name and its password belong together": "用户名和密码须同时给出",
    "A viewer of API v2 runs TensorBoard, not {type}": (
        "API v2 的可视化作业运行 TensorBoard，不是 {type}"
    ),
    "A viewer of API v2 shows what a training job wrote, not the folder {path}": (
        "API v2 的可视化作业显示训练作业的输出，不能显示目录 {path}"
    ),
    "API {api} does not offer {what}": "API {api} 不提供{what}",
    "Access key (AK): ": "访问密钥 ID（AK）：",
    "Access key and secret key belong together": "AK 和 SK 须同时给出",
    "Add {flags}": "请加上 {flags}",
    "An OBS location is /bucket/folder/": "OBS 路径形如 /bucket/folder/",
    "An input or output has a name": "输入或输出须有名称",
    "Another saving is writing {path}": "另一次保存正在写入 {path}",
    "Ask for so many lines: --tail N": "请指定行数：--tail N",
    "Ask the administrator of the account for {action}": "请向帐号管理员申请 {action}",
    "Asking for its address…": "正在获取地址……",
    "Assign the variable first; a sign that means itself is doubled: {signs}": (
        "请先给该变量赋值；表示符号本身时请双写：{signs}"
    ),
    "At most {limit} are allowed": "最多允许 {limit} 个",
    "Auto-stop": "自动停止",
    "Back to the log": "返回日志",
    "Cancel": "取消",
    "Cannot reach {url}: {reason}": "无法访问 {url}：{reason}",
    "Cannot use {path}: {reason}": "无法使用 {path}：{reason}",
    "Cannot write {path}: {reason}": "无法写入 {path}：{reason}",
    "Change the description of a visualization job.": "修改可视化作业的描述。",
    "Check the endpoint": "请检查终端节点（endpoint）",
    "Check the keys and the clock of this machine, or use other keys: %ma_session login": (
        "请检查密钥和本机时钟，或换用其他密钥：%ma_session login"
    ),
    "Check the network, the proxy and the region": "请检查网络、代理和区域",
    "Check the server's agency": "请检查该服务器的委托",
    "Choose an empty folder: --root DIR": "请选择空目录：--root DIR",
    "Choose another name, or look at that job: %ma_viz info {job}": (
        "请换一个名称，或查看该作业：%ma_viz info {job}"
    ),
    "Choose another name, or start that job: %ma_viz restart {job}": (
        "请换一个名称，或启动该作业：%ma_viz restart {job}"
    ),
    "Choose another name, or use that job: %ma_viz open {job}": (
        "请换一个名称，或使用该作业：%ma_viz open {job}"
    ),
    "Choose another name; that job shows {folder}": "请换一个名称；该作业展示的是 {folder}",
    "Close it": "请补全",
    "Correct or remove the file": "请修正或删除该文件",
    "Create": "创建",
    "Create a visualization job, or use the one on the same folder.": (
        "创建可视化作业，或使用同一目录上已有的作业。"
    ),
    "Create and manage visualization jobs; without a sub-command, in a panel.": (
        "创建和管理可视化作业；不带子命令时打开面板。"
    ),
    "Created visualization job {name} ({job}).": "已创建可视化作业 {name}（{job}）。",
    "Created visualization job {name} ({job}); an earlier request had no effect.": (
        "已创建可视化作业 {name}（{job}）；之前的一次请求没有生效。"
    ),
    "Created visualization job {name} ({job}); its answer was lost, and it was found again.": (
        "已创建可视化作业 {name}（{job}）；响应丢失，后来找到了该作业。"
    ),
    "Creating…": "正在创建……",
    "Credentials are never sent there: check the endpoint": (
        "凭据不会发往那里：请检查终端节点（endpoint）"
    ),
    "Delete": "删除",
    "Delete a visualization job; this cannot be undone.": "删除可视化作业；无法撤销。",
    "Delete it": "确认删除",
    "Delete it again: %ma_viz delete {job}": "请重新删除：%ma_viz delete {job}",
    "Delete this job for good? The files in its folder stay.": (
        "彻底删除此作业？其目录中的文件会保留。"
    ),
    "Delete visualization job {name} ({job}) for good? [y/N] ": (
        "彻底删除可视化作业 {name}（{job}）？[y/N] "
    ),
    "Delete what is no longer needed, or ask for a higher quota": (
        "请删除不再需要的资源，或申请更高配额"
    ),
    "Deleted visualization job {name} ({job}).": "已删除可视化作业 {name}（{job}）。",
    "Describe a visualization job.": "查看可视化作业。",
    "Description": "描述",
    "Did you mean {name}?": "是否指 {name}？",
    "Draw the scalars that a training writes as event files, live while it runs.": (
        "绘制训练写入事件文件的标量，运行期间实时更新。"
    ),
    "Earlier lines": "更早的行",
    "Edit": "编辑",
    "End it: kill -9 {pid}; or choose another folder: --root DIR": (
        "结束它：kill -9 {pid}；或选择其他目录：--root DIR"
    ),
    "Ended: a cell with the same text has run; which one is not known here": (
        "已结束：运行了文本相同的单元格（此处无法得知是哪一个）"
    ),
    "Ended: its cell has made another panel of the same": "已结束：其单元格又打开了一个相同的面板",
    "Ended: its cell has run again": "已结束：其单元格已再次运行",
    "Ended: its output was cleared": "已结束：其输出已被清除",
    "Enter keys with %ma_session login, set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, "
    "or try things out without an account: %ma_session local": (
        "用 %ma_session login 输入密钥，或设置 "
        "HUAWEICLOUD_SDK_AK 和 "
        "HUAWEICLOUD_SDK_SK，没有帐号也可以先试用：%ma_sessio"
        "n local"
    ),
    "Folder": "目录",
    "Follow it, or let new jobs copy their logs to OBS: log_url": (
        "请跟踪该日志，或让新作业把日志转存到 OBS：log_url"
    ),
    "Follow the log of a training job; without JOB, list the recent jobs.": (
        "跟踪训练作业的日志；不带 JOB 时列出最近的作业。"
    ),
    "For a cell that goes on all the same: --no-fail": "若要单元格照常继续：--no-fail",
    "For the rich view: pip install anywidget where the notebook server is": (
        "要使用完整视图：在 notebook 服务器所在环境执行 pip install anywidget"
    ),
    "Forgot what was chosen in this kernel.": "已清除本内核中的选择。",
    "GPU memory": "GPU 显存",
    "Give a modelarts_magics.session.Session": "请传入 modelarts_magics.session.Session",
    "Give hours, such as --auto-stop 24, or stop it: %ma_viz stop NAME": (
        "请给出小时数，如 --auto-stop 24，或自行停止：%ma_viz stop NAME"
    ),
    "Give inputs, or dataset_id with dataset_version_id, or data_source": (
        "请给出 inputs，或 dataset_id 与 dataset_version_id，或 data_source"
    ),
    "Give it to the Estimator to create a job": "创建作业时须传给 Estimator",
    "Half of a data set is named": "数据集只给出了一半",
    "Half of a framework is named": "框架只给出了一半",
    "Hide TensorBoard": "隐藏 TensorBoard",
    "Hide the form": "收起表单",
    "If the kernel runs elsewhere, forward port {port}, or give its server jupyter-server-proxy": (
        "如果内核运行在别处，请转发端口 {port}，或为其服务器安装 jupyter-server-proxy"
    ),
    "If this stands still here, as in a console: {command}": (
        "若此处不再更新（如在控制台中），请用：{command}"
    ),
    'Install it: pip install "modelarts-magics[local]"': (
        '请安装：pip install "modelarts-magics[local]"'
    ),
    'Install what speaks it, too: pip install "requests[socks]"': (
        '请一并安装 SOCKS 支持：pip install "requests[socks]"'
    ),
    "Interrupted. Jobs are not affected.": "已中断，作业不受影响。",
    "Interrupted. Whether visualization job {name} ({job}) was changed is not known: %ma_viz info "
    "{job}": "已中断。不确定可视化作业 {name}（{job}）是否已更改：%ma_viz info {job}",
    "Interrupted. Whether visualization job {name} was made is not known: %ma_viz list "
    "--search {name}": ("已中断。不确定可视化作业 {name} 是否已创建：%ma_viz list --search {name}"),
    "It appears here where the page may run scripts": "在允许运行脚本的页面中，它会显示在此处",
    "It begins with /": "应以 / 开头",
    "It cannot be shown: the kernel runs elsewhere, and its server has no jupyter-server-proxy": (
        "无法在此显示：内核运行在别处，且其服务器没有安装 jupyter-server-proxy"
    ),
    "It has no address now: see %ma_viz info {id}": "它目前没有地址：见 %ma_viz info {id}",
    "It has key, operator and value": "应含 key、operator 和 value",
    "It has {names}": "现有：{names}",
    "It is a TrainingFiles": "应为 TrainingFiles",
    "It is a dict": "应为 dict",
    "It is a file in a bucket, not a folder": "应为桶中的文件，而不是目录",
    "It is a list": "应为列表",
    "It is a list of {kind}": "应为 {kind} 的列表",
    'It is a list such as [{"label": "epochs", "value": "5"}]': (
        '应为列表，例如 [{"label": "epochs", "value": "5"}]'
    ),
    'It is a list such as [{"name": "epochs", "value": 5}]': (
        '应为列表，例如 [{"name": "epochs", "value": 5}]'
    ),
    "It is a name from get_job_log_file_list()": "应为 get_job_log_file_list() 返回的名称",
    "It is a number above 0": "应为大于 0 的数",
    "It is a text": "应为文本",
    "It is a whole number": "应为整数",
    "It is asc or desc": "应为 asc 或 desc",
    "It is from {least} to {most}": "应在 {least} 到 {most} 之间",
    "It is not known how it ended": "不清楚它如何结束",
    "It is one of {choices}": "可选值：{choices}",
    "It is parameter or env": "应为 parameter 或 env",
    "It is the name of a task, such as worker-0": "应为任务名称，例如 worker-0",
    "It is the script that is started, such as train.py": "应为启动脚本，例如 train.py",
    "It is {least} or more": "应不小于 {least}",
    "It is {most} or less": "应不大于 {most}",
    "It needs a section [basic] with ak and sk": "其中须有 [basic] 一节，含 ak 和 sk",
    "It opens with a token only, which this shows: %ma_viz reveal {id}": (
        "打开它需要令牌，用以下命令显示：%ma_viz reveal {id}"
    ),
    "Its copy is in {url}": "其副本位于 {url}",
    "Its id or its name": "其 ID 或名称",
    "Job {job} copies no logs to OBS": "作业 {job} 未将日志转存到 OBS",
    "Job {job} has no log file {file}": "作业 {job} 没有日志文件 {file}",
    "Job {job} has no log yet": "作业 {job} 还没有日志",
    "Job {job} has no version {version}": "作业 {job} 没有版本 {version}",
    "Job {job} is told to stop": "已要求作业 {job} 停止",
    "Job {name} ({id}): {status}, {seconds:.0f} s": (
        "作业 {name}（{id}）：{status}，{seconds:.0f} 秒"
    ),
    "Jobs of API {api} have no versions": "API {api} 的作业没有版本",
    (
        "Jobs of API v2 have them, and those of the embedded service are of both:"
        " %ma_session --api v2"
    ): "API v2 的作业才有；内置服务的作业两代皆可：%ma_session --api v2",
    "Keep it": "保留",
    "Kept visualization job {name} ({job}).": "保留了可视化作业 {name}（{job}）。",
    "Leave it out": "请省略它",
    "Leave out --type": "请去掉 --type",
    "Leave out one of them": "请去掉其中一个",
    "Leave out {flags}": "请去掉 {flags}",
    "Lines of the log as text": "日志文本",
    "List visualization jobs, the newest first.": "列出可视化作业，最新的在前。",
    "Let each job copy its logs to a folder of its own": "请让每个作业将日志复制到各自的文件夹",
    "Logs are kept for 30 days after the end of a job": "日志在作业结束后保留 30 天",
    "Look again in a moment: %ma_viz info {job}": "请稍后再看：%ma_viz info {job}",
    (
        "Look again when no cell runs. JupyterLab 3 needs ipywidgets 7 in the kernel; in a"
        " console, %ma_log JOB --wait follows a log"
    ): (
        "请在没有单元格运行时再看。JupyterLab 3 要求内核使用 ipywidgets 7；"
        "在控制台中用 %ma_log JOB --wait 跟踪日志"
    ),
    "Look at it: %ma_log {job}": "查看：%ma_log {job}",
    "Look for it: %ma_log lists the jobs": "请查找：%ma_log 可列出作业",
    "Look for it: %ma_viz list --search {name}": "请查找：%ma_viz list --search {name}",
    "Look for plain text": "请查找普通文本",
    "Make another one: %ma_viz create {source} --new": "请另建一个：%ma_viz create {source} --new",
    "Memory": "内存",
    "ModelArts SDK session": "ModelArts SDK 会话",
    "NPU memory": "NPU 显存",
    "Name": "名称",
    "Name a job by its id, its name or an object such as job_instance": (
        "请用作业 ID、名称或 job_instance 之类的对象指定作业"
    ),
    "Name another file: --save PATH": "请换一个文件：--save PATH",
    "Name another folder: --root DIR": "请换一个目录：--root DIR",
    "Name one that is there, or add it": "请指定已有的，或添加它",
    "Name one: Session(project_id=...), or %ma_session --project ID": (
        "请指定：Session(project_id=...)，或 %ma_session --project ID"
    ),
    "Name one: Session(region_name='cn-north-4'), or %ma_session --region cn-north-4": (
        "请指定：Session(region_name='cn-north-4')，或 %ma_session --region cn-north-4"
    ),
    "Name the folder of its event files: %ma_viz scalars FOLDER": (
        "请给出其事件文件所在目录：%ma_viz scalars FOLDER"
    ),
    "Name the folder of its event files: /bucket/folder/": (
        "请给出事件文件所在的目录：/bucket/folder/"
    ),
    "Name the folder of the event files, obs://bucket/folder in the cloud, or the training job"
    " that writes them": (
        "请给出事件文件所在目录（云上为 obs://桶/目录），或写入这些文件的训练作业"
    ),
    "Name the folder that it leads to": "请直接给出它指向的目录",
    (
        "Name the job, or draw the folder's curves: %ma_viz scalars {path}; a TensorBoard of"
        " this machine shows a copy of the folder: %ma_session local"
    ): (
        "请指定作业，或绘制该目录的曲线：%ma_viz scalars {path}；"
        "本机的 TensorBoard 可显示该目录的副本：%ma_session local"
    ),
    "Name the job: Estimator(modelarts_session, job_id='...', version_id='...')": (
        "请指定作业：Estimator(modelarts_session, job_id='...', version_id='...')"
    ),
    "Name the job: Estimator(session, job_id='...')": (
        "请指定作业：Estimator(session, job_id='...')"
    ),
    "Name the job: VisualizationJob(modelarts_session, visualization_id='...')": (
        "请指定作业：VisualizationJob(modelarts_session, visualization_id='...')"
    ),
    "Name what its fit() returned": "请指定 fit() 的返回值",
    "Name {n} at most": "最多写 {n} 个",
    "New jobs do so to the folder of log_url": "新作业会转存到 log_url 指定的文件夹",
    "New job…": "新建作业……",
    "Next ›": "下一页 ›",
    "No URL can name the object {key}": "没有 URL 能表示对象 {key}",
    "No credentials found in: {sources}": "以下来源中都没有凭据：{sources}",
    "No embedded ModelArts service runs on {root}": "{root} 上没有运行内置 ModelArts 服务",
    "No error found in what was read": "已读取的内容中没有错误",
    "No line matches": "没有匹配的行",
    "No line of {file} tells when it was written": "{file} 中没有一行写明时间",
    "No longer followed": "已停止跟踪",
    "No longer following {job}; the job goes on.": "已停止跟踪 {job}，作业仍在继续。",
    "No panel follows a log": "没有面板在跟踪日志",
    "No panel follows this log": "没有面板在跟踪该日志",
    "No region is known for {service}": "不知道 {service} 所在的区域",
    "No tag has {pattern}: there are {names}": "没有标签匹配 {pattern}：现有 {names}",
    "No training job matches. All of them: %ma_log --all": (
        "没有匹配的训练作业。列出全部：%ma_log --all"
    ),
    "No visualization job matches": "没有匹配的可视化作业",
    "Nobody can be asked for keys here": "此处无人可输入密钥",
    "Nobody can be asked here whether it is meant": "此处无人可确认",
    "Not a regular expression: {reason}": "正则表达式无效：{reason}",
    "Not saved: {reason}": "未保存：{reason}",
    "Nothing can be looked for by a regular expression here: {error}": (
        "此处无法使用正则表达式：{error}"
    ),
    "Nothing has been measured yet": "尚无测量数据",
    "Nothing is there beside the logs": "日志之外没有其他文件",
    "Nothing was entered": "没有输入内容",
    "OBS folder with event files": "含事件文件的 OBS 目录",
    "OBS folder with event files, or a training job that writes them": (
        "含事件文件的 OBS 目录，或写入它们的训练作业"
    ),
    "OBS paths have printable ASCII characters without spaces, quotes and brackets": (
        "OBS 路径只能用可打印的 ASCII 字符，不含空格、引号和括号"
    ),
    "Of this generation of the API no visualization job runs for ever": (
        "这一代 API 的可视化作业不能一直运行"
    ),
    "Only a page of this machine can be shown here: it opens in a new tab": (
        "这里只能显示本机的页面：请在新标签页中打开"
    ),
    "Only http and https addresses without a user name are": (
        "只打开不含用户名的 http 和 https 地址"
    ),
    "Only its newest part can be had: {n:,} bytes before it are missing.": (
        "只能取得其最新部分：之前缺少 {n:,} 字节。"
    ),
    "Only the first {n:,} objects were looked at": "只查看了前 {n:,} 个对象",
    "Only {n} event files are read": "只读取 {n} 个事件文件",
    "Only {n} files of the folder are looked at": "只查看该文件夹中的 {n} 个文件",
    "Only {n} series are kept: use --tags": "只保留 {n} 条曲线：请用 --tags 筛选",
    "Open": "打开",
    "Open TensorBoard in a new tab": "在新标签页中打开 TensorBoard",
    "Open a panel, such as %ma_viz, then look again": "请打开一个面板（如 %ma_viz）后再看",
    "Open a visualization job that runs, in a new tab or here.": (
        "打开运行中的可视化作业，在新标签页或此处。"
    ),
    "Open it when it runs: %ma_viz open {job}": "运行后可打开：%ma_viz open {job}",
    "Or name an OBS folder: /bucket/folder/": "或给出 OBS 目录：/bucket/folder/",
    "Password of {name}: ": "{name} 的密码：",
    "Read it from its beginning": "请从头读取",
    "Read it from its beginning: --start-byte 0": "请从头读取：--start-byte 0",
    "Read it with get_job_log(log_file)": "请用 get_job_log(log_file) 读取",
    "Reading the whole log: {n:,} of {end:,} bytes": "正在读取完整日志：{n:,}/{end:,} 字节",
    "Reading the whole log…": "正在读取完整日志……",
    "Reading: {bar} {n:,} of {end:,} bytes": "正在读取：{bar} {n:,} / {end:,} 字节",
    "Remove it, or name another file: --save PATH": "请将其移走，或指定其他文件：--save PATH",
    "Remove the doubled slash": "请去掉重复的斜杠",
    "Repeat nothing that repeats itself, as in (a+)+, or look for plain text": (
        "请避免重复套重复，如 (a+)+，或改为查找普通文本"
    ),
    "Restart": "重启",
    "Restarted visualization job {name} ({job}).": "已重启可视化作业 {name}（{job}）。",
    "Save": "保存",
    "Save {file}": "保存 {file}",
    "Saved {n:,} bytes of {count} files to {path}": "已将 {count} 个文件共 {n:,} 字节保存到 {path}",
    "Saved {n:,} bytes of {file} to {path}": "已将 {file} 的 {n:,} 字节保存到 {path}",
    "Say so: %ma_viz delete {job} --yes": "请明确指定：%ma_viz delete {job} --yes",
    "Secret key (SK): ": "秘密访问密钥（SK）：",
    "Security token (empty if the key is permanent): ": "安全令牌（永久密钥请留空）：",
    "See %ma_log --list": "请看 %ma_log --list",
    "See %ma_viz info {id}": "请看 %ma_viz info {id}",
    "See {path}": "详见 {path}",
    "Set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK before the kernel or script starts": (
        "请在内核或脚本启动前设置 HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK"
    ),
    "Set MODELARTS_MAGICS_CA_BUNDLE to a file of certificates in the form PEM": (
        "请将 MODELARTS_MAGICS_CA_BUNDLE 设为 PEM 格式的证书文件"
    ),
    "Set the clock of this machine: signatures of another time are refused": (
        "请校准本机时钟：时间不符的签名会被拒绝"
    ),
    "Show its output with %ma_viz create {word}": "查看其输出：%ma_viz create {word}",
    "Show only lines with…": "仅显示包含……的行",
    "Show the address of a visualization job with its token: who sees it can open the job.": (
        "显示可视化作业带令牌的地址：看到它的人都能打开该作业。"
    ),
    "Show who you are for ModelArts, or choose it.": "显示或选择访问 ModelArts 的身份。",
    "Some of the log may be missing here: it is read in another way from now on": (
        "此处可能缺少部分日志：此后改用另一种方式读取"
    ),
    "Sort": "排序",
    "Start a visualization job again that has ended.": "重新启动已结束的可视化作业。",
    "Start it again: %ma_viz restart {job}": "可重新启动：%ma_viz restart {job}",
    "Start it with %ma_session local": "请用 %ma_session local 启动",
    "Start it: %ma_viz restart {id}": "请启动：%ma_viz restart {id}",
    "State": "状态",
    "Stop": "停止",
    "Stop a visualization job; it can be restarted.": "停止可视化作业；之后可以重启。",
    "Stop it": "停止",
    "Stop the training job?": "要停止训练作业吗？",
    "Stopped visualization job {name} ({job}).": "已停止可视化作业 {name}（{job}）。",
    "Stopped waiting. Job {job} goes on: Estimator(session, job_id='{job}'), %ma_log {job}": (
        "已停止等待。作业 {job} 继续运行：Estimator(session, job_id='{job}')、%ma_log {job}"
    ),
    "Stopped waiting. Job {job} goes on: Estimator(session, job_id='{job}', "
    "version_id='{version}'), %ma_log {job}": (
        "已停止等待，作业 {job} 仍在继续：Estimator(session, "
        "job_id='{job}', "
        "version_id='{version}')，%ma_log {job}"
    ),
    "Stopped waiting. Visualization job {job} goes on: %ma_viz info {job}": (
        "已停止等待。可视化作业 {job} 继续运行：%ma_viz info {job}"
    ),
    "Stopped waiting. Visualization job {job} is being stopped: %ma_viz info {job}": (
        "已停止等待。可视化作业 {job} 正在停止：%ma_viz info {job}"
    ),
    "Stopping visualization job {name} ({job}).": "正在停止可视化作业 {name}（{job}）。",
    "Tags longer than {n} characters are left out": "已略去超过 {n} 个字符的标签",
    "TensorBoard does not answer: see %ma_viz info {id}": (
        "TensorBoard 没有响应：请看 %ma_viz info {id}"
    ),
    "TensorBoard is starting": "TensorBoard 正在启动",
    "TensorBoard of {name}: {url}": "{name} 的 TensorBoard：{url}",
    "TensorBoard, which reads event files, is not installed here": (
        "读取事件文件需要 TensorBoard，但此处没有安装"
    ),
    "The OBS location has {n} characters": "OBS 路径有 {n} 个字符",
    "The body is no JSON": "请求体不是 JSON",
    "The cloud's page needs a console login: it opens in a new tab only": (
        "云上的页面需要登录控制台：只能在新标签页中打开"
    ),
    "The data is named twice": "数据来源重复指定",
    "The description has {n} characters": "描述有 {n} 个字符",
    "The description is changed.": "描述已修改。",
    "The embedded ModelArts service at {url} does not answer": (
        "位于 {url} 的内置 ModelArts 服务没有响应"
    ),
    "The embedded ModelArts service does not run on {system}": (
        "内置 ModelArts 服务不支持 {system} 系统"
    ),
    "The embedded ModelArts service does not start: {words}": (
        "内置 ModelArts 服务未能启动：{words}"
    ),
    "The embedded ModelArts service on {path} runs, but does not answer": (
        "{path} 上的内置 ModelArts 服务在运行，但没有应答"
    ),
    "The embedded service has one region and one project": "内置服务只有一个区域和一个项目",
    "The event files hold no scalars": "事件文件中没有标量",
    "The file of the log cannot be read": "无法读取日志文件",
    "The given session has no access_key and secret_key": "给定的会话没有 access_key 和 secret_key",
    "The job failed: {status}": "作业失败：{status}",
    "The job has completed": "作业已完成",
    "The job has written no event files yet": "作业尚未写入事件文件",
    "The job has written {n:,} bytes more since.": "此后作业又写入了 {n:,} 字节。",
    "The job was deleted": "作业已被删除",
    "The job was started again: what follows is of start {n}": (
        "作业已重新启动：以下内容属于第 {n} 次启动"
    ),
    "The job was stopped": "作业已被停止",
    "The job wrote no log": "作业没有写日志",
    "The kernel has forgotten it: run the cell again": "内核已不认识它：请重新运行单元格",
    "The keys of the given session change all the time": "给定会话的密钥一直在变化",
    "The last error, with the lines around it": "最后的错误及其前后的行",
    "The last {n:,} lines as text: click into it, Ctrl+A, Ctrl+C": (
        "最后 {n:,} 行的文本：点击文本，按 Ctrl+A、Ctrl+C"
    ),
    "The link to the log is not safe to open": "日志链接不安全，不予打开",
    "The log was written anew by start {n} of the job": "日志已由作业的第 {n} 次启动重写",
    "The log was written anew; it is shown again from its beginning": "日志已被重写，从头重新显示",
    "The metadata service gives no keys any more": "元数据服务不再提供密钥",
    "The name {name} cannot be used": "不能使用名称 {name}",
    "The name {name} is taken by visualization job {job}, which is {status}": (
        "名称 {name} 已被可视化作业 {job} 占用，其状态为 {status}"
    ),
    "The newest {n} jobs; older ones, too: %ma_log --all": (
        "最新的 {n} 个作业；列出更早的作业：%ma_log --all"
    ),
    "The object store wants an access key": "对象存储需要访问密钥",
    "The panel stopped: {error}": "面板已停止：{error}",
    "The panel was closed before it was known whether visualization job {name} was made": (
        "面板在得知可视化作业 {name} 是否已创建之前被关闭"
    ),
    "The plain view: anywidget is missing or broken in the kernel ({error})": (
        "普通视图：内核中缺少 anywidget，或它不能使用（{error}）"
    ),
    "The project does not belong to these credentials: check it with %ma_session": (
        "该项目不属于这些凭据：请用 %ma_session 检查"
    ),
    "The quote or bracket {mark} is not closed": "引号或括号 {mark} 没有闭合",
    "The regular expression {pattern} takes too long": "正则表达式 {pattern} 耗时过长",
    "The search text has {n} characters": "搜索内容有 {n} 个字符",
    "The service does not say where the log ends": "服务没有说明日志在何处结束",
    "a terminal ({encoding}): text only": "终端（{encoding}）：仅文本",
    "all {n:,} files: type a name": "全部 {n:,} 个文件：输入名称",
    "The service gives no lines of logs": "服务不按行提供日志",
    "The service gives no lines of this log: its newest part is read": (
        "服务不按行提供该日志，改为读取其最新部分"
    ),
    "The service has cleared this log: its copy in OBS is read": (
        "服务已清除该日志，改为读取其在 OBS 中的副本"
    ),
    "The service has no links to logs": "服务不提供日志链接",
    "The service has not known the state of the job for a long time": "服务长时间无法给出作业状态",
    "The service has not known the state of visualization job {job} for a long time": (
        "服务长时间无法得知可视化作业 {job} 的状态"
    ),
    "The service refused the request": "服务拒绝了该请求",
    "There are no certificates in {path}": "{path} 中没有证书",
    "There are no event files in {folder}": "{folder} 中没有事件文件",
    "There are no event files in {folder}. Curves that the log tells: %ma_log {job}": (
        "{folder} 中没有事件文件。日志中的曲线：%ma_log {job}"
    ),
    "There are no jobs yet": "还没有作业",
    "There are no such visualization jobs. Create one: %ma_viz create FOLDER": (
        "没有这样的可视化作业。创建一个：%ma_viz create FOLDER"
    ),
    "There are no training jobs": "没有训练作业",
    "There are {names}": "可用：{names}",
    "There is no copy of {file} in OBS": "OBS 中没有 {file} 的副本",
    "There is no file {path}": "文件 {path} 不存在",
    "There is no folder {path}": "没有目录 {path}",
    "There is no framework {kind} {version}": "没有框架 {kind} {version}",
    "There is no profile [{name}] in {path}": "{path} 中没有配置 [{name}]",
    "There is no scalar {tag}": "没有标量 {tag}",
    "There is no training job {name}": "没有训练作业 {name}",
    "There is no visualization job {name}": "没有可视化作业 {name}",
    "To create one, copy this into a cell:": "要创建作业，请把下面这行复制到单元格：",
    "To leave it: %ma_session logout": "退出内置服务：%ma_session logout",
    "To train on this machine, use the embedded service: %ma_session local": (
        "要在本机训练，请使用内置服务：%ma_session local"
    ),
    "Training job": "训练作业",
    "Training job {name} has no output folder": "训练作业 {name} 没有输出目录",
    "Try again later": "请稍后重试",
    "Try again later; a service may leave out what is no UTF-8": (
        "请稍后重试；服务可能会略去不是 UTF-8 的内容"
    ),
    "Try again when it only grows; a service may leave out what is no UTF-8": (
        "请在日志只增不改时重试；服务可能会略去不是 UTF-8 的内容"
    ),
    "Try again when it runs": "请在作业运行后重试",
    "Type": "类型",
    "Use Linux, macOS or the Windows Subsystem for Linux": "请使用 Linux、macOS 或 WSL",
    "Use an https address": "请使用 https 地址",
    "Use modelarts_magics.session.Session": "请使用 modelarts_magics.session.Session",
    "Visualization job {id} is {status} and has no address": (
        "可视化作业 {id} 的状态为 {status}，没有访问地址"
    ),
    "Visualization job {job} is {status}: delete it when it has stopped": (
        "可视化作业 {job} 的状态为 {status}：停止之后才能删除"
    ),
    "Visualization job {job} is {status}: it cannot be restarted": (
        "可视化作业 {job} 的状态为 {status}：不能重新启动"
    ),
    "Visualization job {job} is {status}: it has ended already": (
        "可视化作业 {job} 的状态为 {status}：已经结束"
    ),
    "Visualization job {job} is {status}: it is being stopped already": (
        "可视化作业 {job} 的状态为 {status}：正在停止"
    ),
    "Visualization job {job} is {status}: it is starting already": (
        "可视化作业 {job} 的状态为 {status}：正在启动"
    ),
    "Visualization job {job} is {status}: it was stopped": (
        "可视化作业 {job} 的状态为 {status}：已被停止"
    ),
    "Visualization job {job} is {status}: restart it when it has stopped": (
        "可视化作业 {job} 的状态为 {status}：停止之后才能重新启动"
    ),
    "Visualization job {job} is {status}: stop it before you restart it": (
        "可视化作业 {job} 的状态为 {status}：请先停止，再重新启动"
    ),
    "Visualization job {job} is {status}: the service does not say why": (
        "可视化作业 {job} 的状态为 {status}：服务没有说明原因"
    ),
    "Visualization job {job} is {status}: whether it runs is not known": (
        "可视化作业 {job} 的状态为 {status}：不清楚它是否在运行"
    ),
    "Visualization job {job} is {status}: {reason}": "可视化作业 {job} 的状态为 {status}：{reason}",
    "Visualization job {job} was deleted": "可视化作业 {job} 已被删除",
    "Visualization job {name} ({job}) shows this folder already; for another one: --new.": (
        "可视化作业 {name}（{job}）已在展示该目录；要另建一个：--new。"
    ),
    "Visualization jobs": "可视化作业",
    "Wait a moment before the next request": "请稍候再发请求",
    "Wait until it is done, or name another file": "请等待其完成，或指定其他文件",
    "What is no UTF-8 in the log stands there as U+FFFD.": "日志中非 UTF-8 的字节以 U+FFFD 代替。",
    "Whether training job {name} was made is not known: {reason}": (
        "不清楚训练作业 {name} 是否已创建：{reason}"
    ),
    "Whether visualization job {name} was made is not known: {reason}": (
        "不清楚可视化作业 {name} 是否已创建：{reason}"
    ),
    "Written on the machine of the kernel: {path}": "已写入内核所在的机器：{path}",
    "[up to {n:,} bytes of the log are missing here]": "[此处可能缺少至多 {n:,} 字节日志]",
    "[{least:,} to {n:,} bytes of the log are missing here]": (
        "[此处缺少 {least:,} 至 {n:,} 字节日志]"
    ),
    "[{n:,} bytes of the log are missing here]": "[此处缺少 {n:,} 字节日志]",
    "a record is damaged": "有一条记录已损坏",
    "a record is no event": "有一条记录不是事件",
    "a record is too large": "有一条记录过大",
    "a still picture": "静态显示",
    "a still picture without HTML": "不含 HTML 的静态显示",
    "a training job by id, name or object, and its VERSION (V0001; the newest by default); or a"
    " folder of event files; several are compared": (
        "训练作业（ID、名称或对象）及其版本（V0001；默认最新版本），或事件文件所在的目录；可写多个以作比较"
    ),
    "access key": "AK",
    "account that the user belongs to": "用户所属的帐号",
    "address": "地址",
    "after {n} h": "{n} 小时后",
    "again in {s:.0f} s": "{s:.0f} 秒后重试",
    "age": "创建于",
    "all files": "全部文件",
    "all of them, not only {n}": "列出全部，而不只是 {n} 个",
    "all states": "所有状态",
    "arguments": "参数",
    "as that of the service": "与服务一致",
    "as the service does": "由服务决定",
    "auto-stop": "自动停止",
    "begin with the last N lines, or all": "从最后 N 行或 all（全部）开始",
    "by name": "按名称",
    "by state": "按状态",
    "by {fields}": "按 {fields} 排序",
    "bytes": "字节",
    "bytes {start:,}-{end:,}": "字节 {start:,}-{end:,}",
    "console": "控制台",
    "copies of logs": "日志转存",
    "create one even if the folder has one that runs": "即使该目录已有运行中的作业也新建",
    "created": "创建时间",
    "created {time} ago": "{time}前创建",
    "curve": "曲线",
    "dataset_id and dataset_version_id belong together": (
        "dataset_id 和 dataset_version_id 须同时给出"
    ),
    "description": "描述",
    "description, at most 256 characters": "描述，最多 256 个字符",
    "do not ask": "不再询问",
    "doctor: as JSON for an issue report; no secrets": (
        "doctor：以 JSON 输出，用于问题报告；不含密钥"
    ),
    "doctor: what this kernel can do and reach, and what to do where it cannot": (
        "doctor：此内核能做什么、能访问什么，以及不行时怎么办"
    ),
    "duration": "时长",
    "each job decides: a UUID is of v2, digits are of v1": (
        "由各作业决定：UUID 属于 v2，数字属于 v1"
    ),
    "embedded service (not asked for)": "内置服务（未启用）",
    "embedded service on {root}": "{root} 上的内置服务",
    "environment": "环境变量",
    "events": "事件",
    "exit code {code}": "退出码 {code}",
    "file": "文件",
    "files beside the logs in OBS, as of Ascend jobs; --save fetches them to a folder": (
        "OBS 中日志之外的文件，如昇腾作业所写；--save 将其取到文件夹"
    ),
    "first": "首个",
    "folder": "目录",
    "folder of the embedded service": "内置服务的目录",
    "framework_type and framework_version belong together": (
        "framework_type 和 framework_version 须同时给出"
    ),
    "generation of the API; each job decides by default": "API 版本；默认由作业决定",
    "go on looking at a FOLDER until the cell runs again": "持续查看 FOLDER，直到重新运行单元格",
    "has answered no panel: text or HTML only": "没有应答任何面板：只能显示文本或 HTML",
    "height of the page shown here": "此处所示页面的高度",
    "height of the panel": "面板高度",
    "highest": "最高",
    "how the panel is shown; what the front end can do by default": (
        "面板的显示方式；默认取决于前端"
    ),
    "how the panel shows the log; what the front end can do by default": (
        "面板的显示方式，默认按前端的能力"
    ),
    "id of the project": "项目 ID",
    "id or name of a job, or an expression for a job object such as jobs[0]": (
        "作业的 ID 或名称，或表示作业对象的表达式，例如 jobs[0]"
    ),
    "id or name of a version (V0001); the newest by default": (
        "版本的 ID 或名称（V0001），默认为最新版本"
    ),
    "id or name of a visualization job, or an object": "可视化作业的 ID、名称或对象",
    "identity": "身份",
    "in {time}": "{time}后",
    "it did not answer in time": "响应超时",
    "it is no regular file": "不是普通文件",
    "its certificate cannot be trusted": "其证书不可信",
    "its proxy speaks SOCKS": "其代理使用 SOCKS",
    "job": "作业",
    "keep the result as NAME": "将结果保存为变量 NAME",
    "last": "最新",
    "last error: {line}": "最后的错误：{line}",
    "last restart: {reason}": "最近一次重启：{reason}",
    "last text at {time}": "最近更新于 {time}",
    "length of the slice in bytes; 2048 by default": "片段的字节数，默认 2048",
    "list the panels that follow a log": "列出正在跟踪日志的面板",
    "loading…": "加载中…",
    "local: use the ModelArts service embedded in this package; start it if needed": (
        "local：使用本软件包内置的 ModelArts 服务，必要时启动它"
    ),
    "log in with this user name": "用该用户名登录",
    "login: ask for an access key, or with --user for a password": (
        "login：输入访问密钥；带 --user 时输入密码"
    ),
    "logout: forget what was chosen in this kernel": "logout：清除本内核中的选择",
    "logs": "日志",
    "looked up when it is needed": "需要时查询",
    "lowest": "最低",
    "lowest {low} at step {low_step:,}, highest {high} at step {high_step:,}": (
        "最低 {low}（第 {low_step:,} 步），最高 {high}（第 {high_step:,} 步）"
    ),
    "made from the folder's name when empty": "留空时由目录名生成",
    "metadata service": "元数据服务",
    "missing: panels are HTML without buttons": "缺失：面板为 HTML，没有按钮",
    "missing: the plain log view is shown": "缺失：显示普通日志视图",
    "missing: this installation was made without it": "缺失：此安装不含它",
    "missing: visualization jobs of the embedded service do not run": (
        "缺失：内置服务的可视化作业无法运行"
    ),
    "name": "名称",
    "never": "从不",
    "newest first": "最新在前",
    "no connection, or it broke": "无法连接或连接中断",
    "no jobs": "没有作业",
    "no panel has been answered yet": "尚无面板得到应答",
    "no service told the time": "没有服务告知时间",
    "no versions": "没有版本",
    "none": "无",
    "not known: %ma_session --region NAME": "未知：%ma_session --region NAME",
    "not loaded yet": "尚未加载",
    "not looked at: see {name}": "未检查：见 {name}",
    "oldest first": "最早在前",
    "one log file, or task, of a distributed job": "分布式作业的某个日志文件或任务",
    "only errors, tracebacks included; or warnings, too": (
        "只看错误（含整段 traceback），或连同警告"
    ),
    "only lines in which this is found": "只看含有匹配内容的行",
    "only lines of this time until now, such as 10m, by the times in the log;"
    " 10m@+08:00 says of which zone those are": (
        "只看最近这段时间的行，如 10m；以日志中的时间为准，10m@+08:00 指明其时区"
    ),
    "only tags in which this is found": "只绘制与之匹配的标签",
    "only the last {n:,} bytes of these lines; --tail all shows all": (
        "这些行只显示最后 {n:,} 字节；用 --tail all 显示全部"
    ),
    "only those in a state, such as running": "只列出某一状态的作业，如 running",
    "only those with TEXT in their name": "只列出名称含 TEXT 的作业",
    "other files: {names}": "其他文件：{names}",
    "page {page} of {pages}": "第 {page} 页，共 {pages} 页",
    "part of a name": "名称的一部分",
    "password": "密码",
    "paused": "已暂停",
    "print it and wait until the job ends; fail where it failed": (
        "打印日志并等到作业结束；作业失败时单元格也失败"
    ),
    "project": "项目",
    "ran {time}": "运行了 {time}",
    "read {time}": "读取于 {time}",
    "reading…": "正在读取…",
    "reason": "原因",
    "region": "区域",
    "region, such as cn-north-4": "区域，例如 cn-north-4",
    "request {id}": "请求 {id}",
    "resource usage": "资源使用情况",
    "restarts": "重启",
    "restarts: {n}": "重启次数：{n}",
    "return at once": "立即返回",
    "run": "运行",
    "running time": "运行时长",
    "seconds between looks at the log; it adapts by default": "读取日志的间隔秒数，默认自适应",
    "read a metric by the first group of a regular expression, or hide one; repeatable": (
        "以正则表达式的第一个分组读取指标，或隐藏一项指标；可重复"
    ),
    "shows plain widgets, not the rich view": "可显示普通控件，不能显示完整视图",
    "shows the rich view": "可显示完整视图",
    "the service has no {lacking}": "服务没有 {lacking}",
    "there": "存在",
    "{api} lists {n} training jobs": "{api} 列出 {n} 个训练作业",
    "{text} is no metric": "{text} 不是指标",
    "Type NAME=REGEX with a group for the number, or -NAME to hide one": (
        "请输入 NAME=REGEX（数值放在分组中），或输入 -NAME 以隐藏一项指标"
    ),
    "secret key": "SK",
    "section of ~/.huaweicloud/credentials": "~/.huaweicloud/credentials 中的配置名",
    "service": "服务",
    "show TensorBoard here as soon as it runs": "运行后在此处显示 TensorBoard",
    "show it here, where the page can": "在此处显示（如果页面支持）",
    "ring when a metric is beyond a bound: <, > or 'NAME is nan'; repeatable": (
        "指标越过界限时提醒：<、> 或 'NAME is nan'，可重复"
    ),
    "{text} is no bound of a metric": "{text} 不是指标的界限",
    "Type 'NAME > NUMBER', 'NAME < NUMBER' or 'NAME is nan'": (
        "请输入 'NAME > NUMBER'、'NAME < NUMBER' 或 'NAME is nan'"
    ),
    "{condition}: {value:g}": "{condition}：{value:g}",
    "open the panel at a place in the log, as the panel copies it": (
        "在日志的某个位置打开面板，位置可从面板复制"
    ),
    "{text} is no place in a log": "{text} 不是日志中的位置",
    "It is a byte such as 4096, or line12": "应为字节数（如 4096）或 line12",
    "{flag} opens a panel, which this shell cannot show": "{flag} 会打开面板，当前 shell 无法显示",
    "{flag} shows a part of the log": "可用 {flag} 显示日志的一部分",
    "--at {at}: only the rich view goes there": "--at {at}：仅富视图会跳转到该处",
    "show one slice from byte N, as get_job_log does; -1 for the newest": (
        "像 get_job_log 一样显示从第 N 字节起的一段，-1 表示最新部分"
    ),
    "show this help": "显示本帮助",
    "since {time}": "最近 {time}",
    "source": "来源",
    "status": "状态",
    "step {n:,}": "第 {n:,} 步",
    "steps": "步",
    "stop by itself after 1 to 24 hours, any number with API v2; 0 for never, not there": (
        "在 1 到 24 小时后自动停止（API v2 小时数不限），0 表示不停止（API v2 不支持）"
    ),
    "stop following, JOB or all; jobs go on": "停止跟踪 JOB 或全部，作业继续运行",
    "stops {time}": "{time}自动停止",
    "tag": "标签",
    "tasks": "任务",
    "the ModelArts SDK of this notebook": "本 Notebook 预置的 ModelArts SDK",
    "the beginning of the log": "日志开头",
    "the first {n:,} lines are not shown here": "此处不显示前 {n:,} 行",
    "the metadata service": "元数据服务",
    "the permission": "该权限",
    "the proxy refused": "代理拒绝",
    "the service does not answer; will retry": "服务没有响应，将重试",
    "the value is empty": "值为空",
    "there is no {word}, only {names}": "没有 {word}，只有 {names}",
    "there is no {word}; did you mean {near}?": "没有 {word}，是否指 {near}？",
    "times read as of {zone}": "时间按 {zone} 理解",
    "to open it": "打开方法",
    "updated {time}": "更新于 {time}",
    "user name": "用户名",
    "version": "版本",
    "versions": "版本数",
    "viewers": "查看器",
    "wait until the job has ended; so it is by default": "等到作业结束；默认如此",
    "wait until the job runs; so it is by default": "等到作业运行；默认如此",
    "what a task uses: CPU, memory, accelerator, by the minute": (
        "任务每分钟的资源使用：CPU、内存、加速卡"
    ),
    "what the job runs; tensorboard by default": "作业运行的程序；默认 tensorboard",
    "what the service tells of the job beside its log": "服务在日志之外报告的作业事件",
    "what to do; without it, show who you are": "要做什么；不写则显示当前身份",
    "with --wait: do not fail where the job failed": "与 --wait 同用：作业失败时单元格不失败",
    "with --wait: fail after this time, such as 90s, 30m or 2h": (
        "与 --wait 同用：超过此时间即失败，如 90s、30m 或 2h"
    ),
    "with {text}": "含 {text}",
    "without JOB: all jobs, not only the newest": "不带 JOB：列出全部作业，而不只是最新的",
    "without JOB: only jobs in a state, such as running or failed": (
        "不带 JOB：只列出处于某状态的作业，如 running 或 failed"
    ),
    "without JOB: only jobs with TEXT in their name": "不带 JOB：只列出名称含 TEXT 的作业",
    "write the whole log to a file": "将完整日志写入文件",
    "{api}, by {choice}": "{api}，由 {choice} 选定",
    "{api}: the service has no {lacking}": "{api}：服务不提供 {lacking}",
    "{bucket} is not the name of a bucket": "{bucket} 不是桶名",
    "{file} is not what was read of it just now: it was written anew, or the service"
    " contradicts itself": "{file} 与刚才读到的不符：它被重新写入，或服务的回答自相矛盾",
    "{file}: only the newest {n:,} bytes can be had": "{file}：只能取得最新的 {n:,} 字节",
    "{file}: the copy is of another text": "{file}：副本的内容不同",
    "{file}: the service contradicts itself: nothing at byte {n:,} of {end:,}": (
        "{file}：服务的回答自相矛盾：第 {n:,} 字节处为空，而全长为 {end:,} 字节"
    ),
    "{file}: the service contradicts itself: {length:,} bytes of text, {count:,} counted": (
        "{file}：服务的回答自相矛盾：文本为 {length:,} 字节，计数为 {count:,}"
    ),
    "{file}: the service gives this log by lines only": "{file}：服务只能按行提供该日志",
    "{file}: the service gives no longer what was shown of the log": (
        "{file}：服务不再给出该日志已显示的内容"
    ),
    "{first}-{last} of {n}": "第 {first}-{last} 个，共 {n} 个",
    "{flags} did not change it.": "{flags} 对它不起作用。",
    "{flag} and {other} do not go together": "{flag} 与 {other} 不能同时使用",
    "{flag} needs {other}": "{flag} 需要 {other}",
    "{folder} has no versions": "{folder} 没有版本",
    "{found:,} of {n:,} lines match": "{n:,} 行中有 {found:,} 行匹配",
    "{hours} h {minutes} min": "{hours} 小时 {minutes} 分",
    "{job} goes on after {time}": "已过 {time}，{job} 仍在运行",
    "{job} has no run {names}": "{job} 没有运行 {names}",
    "{job} has no {names}": "{job} 没有 {names}",
    "{job} is in the charts already": "{job} 已在图中",
    "{kind} is no session": "{kind} 不是会话对象",
    "{magic} --help shows what there is": "用 {magic} --help 查看用法",
    "{magic} does not know {word}": "{magic} 不认识 {word}",
    "{magic}: no job is named for {flag}": "{magic}：{flag} 需要指定作业",
    "{minutes} min {seconds} s": "{minutes} 分 {seconds} 秒",
    "{n:,} bytes": "{n:,} 字节",
    "{n:,} lines": "{n:,} 行",
    "{n:,} of {count:,} lines: {words}": "{count:,} 行中的 {n:,} 行：{words}",
    "{names} and {n} more": "{names} 等，另有 {n} 个",
    "{name} is no region": "{name} 不是区域",
    "{name} is not defined": "{name} 未定义",
    "{name} is not set": "{name} 未设置",
    "{name} is {value}": "{name} 的值为 {value}",
    "{number} is below {minimum}": "{number} 小于 {minimum}",
    "{n} are too many to be compared": "{n} 个太多，无法一起比较",
    "{n} more files cannot be read": "另有 {n} 个文件无法读取",
    "{n} more rows are not shown: choose some tags with --tags REGEX": (
        "另有 {n} 行未显示：请用 --tags REGEX 筛选标签"
    ),
    "{n} more runs are not drawn": "另有 {n} 次运行未画出",
    "{n} more tags are not drawn: choose some with --tags REGEX": (
        "另有 {n} 个标签未画出：请用 --tags REGEX 筛选"
    ),
    "{n} of {total} jobs; for all of them: --all": (
        "共 {total} 个作业，显示了 {n} 个；要全部列出：--all"
    ),
    "{n} projects are named {name}": "有 {n} 个项目名为 {name}",
    "{n} tasks": "{n} 个任务",
    "{path} does not hold a JSON object": "{path} 的内容不是 JSON 对象",
    "{path} does not name a folder inside a bucket": "{path} 不是桶内的目录",
    "{path} has a folder without a name": "{path} 中有没有名称的文件夹",
    "{path} has the character {bad}": "{path} 含有字符 {bad}",
    "{path} holds other things: {found}": "{path} 中有其他内容：{found}",
    "{path} is in the way: it is no unfinished log": "{path} 已被占用：它不是未完成的日志",
    "{path} is not a profile file": "{path} 不是配置文件",
    "{path} is not only for the embedded service": "{path} 不是内置服务专用的目录",
    "{path} is of a newer version of modelarts_magics": ("{path} 属于更新版本的 modelarts_magics"),
    "{path} leads out of the object store": "{path} 指向对象存储之外",
    "{path} was replaced while it was read": "{path} 在读取时被替换",
    "{percent}% so far": "已读 {percent}%",
    "{prefix}: too many objects to find a log among them": "{prefix}：对象过多，无法从中找到日志",
    "{seconds:.1f} s": "{seconds:.1f} 秒",
    "{source}: the {half} is missing": "{source}：缺少 {half}",
    "{text} is no length such as 32em": "{text} 不是长度，例如 32em",
    "{text} is no regular expression: {error}": "{text} 不是正则表达式：{error}",
    "{text} is no time zone such as +08:00 or UTC": "{text} 不是时区，应如 +08:00 或 UTC",
    "{text} is no time such as 90s, 10m or 2h": "{text} 不是 90s、10m 或 2h 这样的时间",
    "{text} is not a name for a variable": "{text} 不能作变量名",
    "{text} is not a whole number": "{text} 不是整数",
    "{time} ahead of the service": "比服务快 {time}",
    "{time} behind the service": "比服务慢 {time}",
    "{url} answered something that is not of this API": "{url} 的响应不属于本 API",
    "{url} answers in {n} ms": "{url} 在 {n} 毫秒内应答",
    "{url} answers without end": "{url} 的响应没有尽头",
    "{url} broke off in the middle of an answer": "{url} 的响应中途断开",
    "{url} did not answer within {seconds:g} s": "{url} 在 {seconds:g} 秒内没有响应",
    "{url} did not give a token": "{url} 没有给出令牌",
    "{url} is not opened": "不打开 {url}",
    "{url} is not the address of a service": "{url} 不是服务地址",
    "{url} redirects to {target}": "{url} 重定向到 {target}",
    "{url} would send keys unencrypted": "{url} 会以明文发送密钥",
    "{value} at step {step:,}": "第 {step:,} 步为 {value}",
    "{what} does not know {name}, which is not sent": "{what} 没有参数 {name}，未发送",
    "{words}, {seconds:.0f} s": "{words}，{seconds:.0f} 秒",
    "{word} cannot be evaluated: {error}": "{word} 无法求值：{error}",
    "{word} is a job of API {api}; API {other} has another one of this name: id:{id}": (
        "{word} 是 API {api} 的作业；API {other} 另有同名作业：id:{id}"
    ),
    "{word} is a training job": "{word} 是训练作业",
    "{word} is a visualization job": "{word} 是可视化作业",
    "{word} is no job but {kind}": "{word} 不是作业，而是 {kind}",
    "{word} is no job yet": "{word} 还不是作业",
    "{word} is taken for a version of {job}, but means job {other} too: id:{word} or name:{word}": (
        "{word} 按 {job} 的版本处理，但它也指作业 {other}：可写 id:{word} 或 name:{word}"
    ),
    "{word} is taken for an id, but names job {other} too: id:{word} or name:{word}": (
        "{word} 被当作 ID，但也是作业 {other} 的名称：id:{word} 或 name:{word}"
    ),
    "… {n:,} bytes are left out here …": "…… 此处略去 {n:,} 字节 ……",
    "… {n:,} lines are left out here …": "…… 此处略去 {n:,} 行 ……",
    "… {n:,} more characters": "…… 另有 {n:,} 个字符",
    "‹ Previous": "‹ 上一页",
}
