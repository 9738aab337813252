/** The words of a language. None holds a character that JSON escapes. */
export interface Language {
  readonly words: readonly string[];
  /** Between two words. */
  readonly gap: ' ' | '';
}

function language(text: string, gap: Language['gap'] = ' '): Language {
  return { words: text.trim().split(/\s+/), gap };
}

/** The most frequent words come first: they are drawn more often. */
export const ENGLISH = language(`
  the to and a of is it that in you for this on we not but with be are was have they just so what my if all
  people about your can from or like when do more there would one out an up time how will who nostr know
  think good really some no get because than now only even why day into new should other want need make way
  see then them first never work back still thing much right well most very going where being here every
  anything world today relay client note bitcoin money free code build open network running using keys
  server freedom trust morning coffee years love long read reply thread question answer simple protocol
  software idea story price market block wallet lightning invoice payment zap signal noise noise freedom
  together friend family garden weather music film photo picture camera mountain river city street train
  night light water fire summer winter rain snow walk talk write paper book page letter language number
  history science energy power machine engine computer phone battery screen keyboard laptop update release
  version feature bug error test deploy database storage memory cache index query filter event message
  private public secret signature encryption community group meeting conference travel airport hotel food
  kitchen bread cheese butter apple orange breakfast dinner recipe sleep dream health exercise doctor
  school teacher student university company business office manager customer product service design colour
  beautiful strange difficult impossible possible important necessary wonderful terrible honest quiet loud
  slowly quickly suddenly finally probably definitely somewhere everyone nobody nothing whatever although
  however meanwhile therefore instead otherwise regardless understanding responsibility infrastructure
  decentralised censorship resistance interoperability`);

/** Languages whose letters are plain ASCII here, as most people type them on a phone. */
export const LATIN: readonly Language[] = [
  language(`
    que de no la el en y los se del las un por con una su para es al lo como pero sus le ya este cuando todo
    esta ser son dos fue muy hasta desde mi porque donde quien todos vida tiempo casa mundo gente red mensaje
    libertad dinero trabajo noche gracias buenos dias amigo ciudad comida camino libro nuevo mejor siempre`),
  language(`
    de que e do da em um para com uma os no se na por mais as dos como mas foi ao ele das tem seu sua ou ser
    quando muito nos eu pelo pela isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles voce
    bom dia obrigado rede liberdade dinheiro trabalho gente mundo tempo vida casa sempre novo melhor`),
  language(`
    der die und in den von zu das mit sich des auf ist im dem nicht ein eine als auch es an werden aus er hat
    dass sie nach wird bei einer um am sind noch wie einem so zum war haben nur oder aber vor zur bis mehr
    guten morgen danke netz freiheit geld arbeit leute welt zeit leben haus immer neu besser wetter kaffee`),
];

/** Languages outside ASCII. */
export const NON_ASCII: readonly Language[] = [
  language(
    `
    の に は を た が で て と し れ さ ある いる も する から な こと として い や れる など なっ ない この ため その あっ
    よう また もの という あり まで られ なる へ か だ これ によって により おり より による ず なり られる において
    おはよう ございます ありがとう 今日 明日 仕事 自由 お金 世界 時間 家族 友達 写真 音楽 料理 天気 電車 新しい 楽しい`,
    '',
  ),
  language(
    `
    的 一 是 在 不 了 有 和 人 这 中 大 为 上 个 国 我 以 要 他 时 来 用 们 生 到 作 地 于 出 就 分 对 成 会 可 主 发 年 动
    同 工 也 能 下 过 子 说 产 种 面 而 方 后 多 定 行 学 法 所 民 得 经 自由 网络 比特币 消息 世界 时间 朋友 谢谢 早上好`,
    '',
  ),
  language(`
    и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой весь год от так о для
    ты же все тот мочь вы человек такой его сказать только или ещё бы себя один как уже до время если сам когда
    другой вот наш мой знать стать при чтобы дело жизнь первый день сеть свобода деньги работа спасибо утро`),
  language(`
    في من على أن إلى هذا مع عن كان التي هذه قال كل بعد غير ما لا أو حتى بين قد ذلك عند لم منذ وقد أكثر يوم أي
    شيء الناس العالم الوقت الحياة العمل الشبكة الحرية المال شكرا صباح الخير صديق مدينة بيت كتاب جديد أفضل دائما`),
  language(`
    이 그 저 것 수 있다 하다 되다 없다 나 우리 사람 아니다 보다 등 때 거 년 가다 오다 말하다 일 위하다 생각 같다 좋다
    오늘 내일 아침 커피 자유 네트워크 비트코인 메시지 세계 시간 친구 가족 사진 음악 날씨 감사합니다 안녕하세요 새로운`),
];

/** Pictographs that end notes or stand as reactions; some are sequences of several code points. */
export const EMOJI = [
  '❤️',
  '🤙',
  '😂',
  '🔥',
  '⚡',
  '🫂',
  '👀',
  '💜',
  '🙏',
  '👍',
  '🚀',
  '😅',
  '🌞',
  '☕',
  '👩‍💻',
  '🇯🇵',
];

/** Topics; the first ones are the most used. */
export const HASHTAGS = `
  nostr bitcoin asknostr zap art introductions photography memes plebchain coffeechain grownostr foodstr music
  news dev privacy freedom lightning nature travel books gaming health linux opensource design crypto economy
  philosophy history science space weather sports football fitness gardening cooking family faith poetry film
  podcast video radio hardware homelab security ai mining energy politics law education language writing quotes
  cats dogs birds`
  .trim()
  .split(/\s+/);

/** Parts of names. */
export const NAMES = `
  ada alan alice anna ben bob carla carol chen dan dave elena emil erin fatima finn frank grace hana heidi hugo ida
  ivan jack jana judy kai ken lara leo lin luca maria max mia mika mona nadia nick nina noah nora olga oscar
  otto paul pete petra raj rosa ruth sam sara sofia tara tim tom uma vera victor walter wei xenia yuki zoe`
  .trim()
  .split(/\s+/);
