"""Folding of printed wording for matching: never for what is stored. Traditional characters, brackets, quotes, numbering, years."""

from __future__ import annotations

import re
from functools import lru_cache

# Characters that titles, headings and headers use; mirrors of government pages on foreign hosts print them in the traditional form.
_TRADITIONAL = (
    "財财決决總总預预撥拨開开費费購购類类項项務务資资產产營营國国機机關关運运經经濟济績绩標标補补屬属單单級级業业專专戶户"
    "萬万億亿稱称編编碼码計计結结轉转餘余區区縣县門门車车維维護护訓训會会議议員员對对個个與与報报執执數数額额錄录釋释詞词"
    "說说説说況况體体構构設设職职責责據据貼贴險险養养醫医療疗衛卫節节環环農农鄉乡術术傳传遊游輸输糧粮儲储備备災灾應应債债"
    "還还償偿發发電电郵邮爲为為为於于後后內内長长東东陽阳雲云貴贵廣广蘇苏遼辽寧宁陝陕慶庆達达動动從从學学時时間间際际實实"
    "現现價价歸归調调辦办離离獎奖撫抚卹恤贈赠將将園园場场來来無无聯联網网絡络軟软積积徵征繳缴審审處处衆众眾众義义圖图書书"
    "佔占佈布託托週周鑑鉴隻只館馆團团組组銀银貸贷產产馬马號号廳厅島岛濱滨鎮镇鄭郑漢汉瀋沈龍龙麗丽蘭兰齊齐"
    "當当貨货徑径續续變变寶宝華华質质證证讓让認认識识許许諾诺豐丰賃赁賬账賠赔賞赏賢贤賣卖買买賴赖趙赵趨趋跡迹踐践軌轨軍军軒轩載载輔辅輕轻輝辉輯辑轄辖辭辞連连進进過过遠远適适選选遺遗鄧邓鄰邻鐵铁鑒鉴鑄铸鋼钢錢钱針针鉅巨銷销鋪铺錯错鍵键鎖锁"
    "閉闭閣阁閱阅闊阔陣阵陰阴隱隐難难雙双雜杂靈灵靜静響响頁页頂顶順顺須须頒颁領领頭头頻频願愿顧顾風风飛飞飯饭飲饮駐驻駕驾驗验驅驱騙骗鬥斗魚鱼鮮鲜鳥鸟鹽盐黃黄點点黨党齡龄亞亚傷伤傾倾僑侨儀仪優优儘尽兒儿兩两冊册凈净凍冻則则剛刚創创劃划劇剧"
    "劉刘劑剂勁劲勝胜勞劳勢势勵励勻匀協协嚴严啟启喪丧嗎吗嘆叹噸吨囑嘱圍围圓圆聖圣堅坚塊块塗涂墊垫壞坏壓压壟垄奪夺奮奋婦妇媽妈孫孙寢寝寫写寬宽尋寻導导屆届層层嶺岭嶽岳巖岩帥帅師师帳帐帶带幣币幫帮幹干庫库廟庙廠厂廢废張张強强彈弹彌弥彙汇復复"
    "徹彻恆恒恥耻悅悦悶闷惡恶愛爱態态慘惨慮虑憂忧憐怜憑凭憲宪憶忆懷怀懸悬戰战戲戏拋抛挾挟捨舍掃扫掛挂採采揀拣揚扬換换揮挥損损搖摇搶抢摺折撐撑撲扑擁拥擇择擊击擋挡擔担擠挤擬拟擴扩擺摆擾扰攔拦攝摄敗败敘叙敵敌斂敛斃毙斷断晉晋晝昼暈晕暢畅暫暂"
    "曆历曬晒條条棄弃棟栋棧栈楊杨榮荣槍枪槳桨樁桩樂乐樓楼樞枢樣样樸朴樹树橋桥橫横檔档檢检檯台櫃柜欄栏權权歐欧歡欢歲岁歷历殘残殺杀毀毁氣气氫氢沒没洩泄淚泪淨净淺浅渦涡測测渾浑湊凑湯汤準准溝沟溫温滅灭滬沪滯滞滲渗滾滚滿满漁渔漲涨漸渐潔洁潛潜"
    "潤润澤泽濁浊濃浓濕湿濾滤瀏浏灑洒灘滩灣湾烏乌煙烟煉炼熱热燈灯燒烧燦灿爐炉爭争爺爷牆墙狀状獄狱獨独獲获獵猎獻献瑪玛瓊琼畝亩畢毕畫画異异疊叠瘋疯癥症皺皱盜盗盡尽監监盤盘盧卢矯矫礎础礙碍礦矿祿禄禍祸禦御禮礼禱祷禿秃種种穀谷穌稣穩稳窮穷窯窑"
    "竄窜競竞筆笔筍笋範范築筑篩筛簡简簽签籃篮籌筹籠笼糾纠紀纪約约紅红純纯紙纸紛纷納纳紐纽線线細细終终紹绍絕绝給给統统絲丝綠绿綱纲綜综綫线緊紧緒绪緝缉緣缘緩缓緯纬練练縮缩縱纵織织繞绕繪绘繼继纖纤罰罚罷罢羅罗習习聞闻聰聪聲声聽听肅肃脅胁脫脱"
    "腦脑腳脚臉脸臨临臺台興兴舉举舊旧艙舱艦舰艱艰藝艺芻刍莊庄莖茎葉叶葷荤蒼苍蓋盖蔣蒋蔥葱薦荐薩萨藍蓝藥药蘆芦蘊蕴虛虚虧亏蟲虫蠻蛮衝冲裝装裡里製制複复襲袭見见規规視视覺觉覽览觀观觸触訂订訊讯討讨記记訪访訴诉診诊註注評评詢询試试詩诗詳详誇夸"
    "語语誤误誰谁課课談谈請请論论諮咨謀谋講讲謝谢譜谱譯译讀读豬猪貓猫貝贝負负貢贡貧贫販贩貪贪貫贯貯贮貿贸賀贺賊贼賓宾賜赐賽赛贏赢贓赃贖赎趕赶躍跃轟轰辯辩邊边遷迁遲迟釀酿醬酱鉛铅銅铜鏈链鏡镜鐘钟鑽钻閑闲閒闲闡阐陸陆隊队階阶隨随雖虽雞鸡霧雾"
    "韓韩韻韵頓顿顏颜顯显騰腾驚惊骯肮髮发鬧闹鴻鸿鵬鹏麥麦齒齿"
)
_FOLD: dict[int, str | None] = {ord(_TRADITIONAL[i]): _TRADITIONAL[i + 1] for i in range(0, len(_TRADITIONAL), 2)}
_FOLD.update(
    {
        **dict.fromkeys(map(ord, "“”\"‘’'＂＇「」『』《》〈〉"), None),
        **dict.fromkeys(map(ord, " \t\r\n\u00a0\u3000\u200b\ufeff\u2002\u2003\u2009"), None),
        **{ord(a): b for a, b in zip("（）［］【】〔〕：；，．｜／－—–―─﹣−", "()()()():;,.|/-------", strict=True)},
        **{ord("０") + i: str(i) for i in range(10)},
    }
)
_PINYIN = re.compile(r"\([a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]+\)", re.I)

NUMERAL = "一二三四五六七八九十百〇零"
_N = f"[{NUMERAL}]{{1,4}}"
_NUMBERING = re.compile(
    rf"附(?:件|表)?(?:\d{{1,2}}|{_N})?(?:[-.]\d{{1,2}})?[:、.,-]*"  # 附件1- 附表二:
    rf"|(?:财决|预算|决算)?公开表?\d{{1,2}}表?[:、.,-]*"  # 公开06表
    rf"|表?{_N}[、.:,]+|\((?:{_N}|\d{{1,2}})\)[、.:,]*"  # 一、 (二) (3)
    rf"|表?\d{{1,2}}(?:-\d{{1,2}})?[、.:,)-]+(?:(?!\d)|(?=(?:19|20)\d\d))|表\d{{1,2}}(?:-\d{{1,2}})?(?=\D)"  # 1. 4- 表3
    rf"|表[{NUMERAL}]{{1,3}}(?=[^{NUMERAL}])|\d{{1,2}}(?=[^\d年月日.,%:/-])"  # 表五 5收入决算表
)
_YEAR = re.compile(r"(?:(?:19|20)\d\d|[二一][〇零○OＯ0九][〇零○OＯ0一二三四五六七八九]{2})(?:年度?|财政年度)?")
_TAIL = re.compile(r"(?:[.…·•⋯_-]{2,}|[.…·•⋯])\(?\d{0,3}(?:-\d{1,3})?\)?$|\(\d{1,3}\)$|(?<=[\u4e00-\u9fff)])\d{1,3}(?:-\d{1,3})?$")
_UNIT_SUFFIX = re.compile(r"\((?:单位[::]?)?(?:人民币)?(?:元|千元|万元|百万元|亿元)\)|\((?:单位[::]).*?\)")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Spaces, quotes and book marks gone, brackets and signs ASCII, traditional characters simplified, pinyin glosses dropped."""
    out = text.translate(_FOLD)
    return _PINYIN.sub("", out) if "(" in out else out


def strip_numbering(folded: str) -> str:
    """Without a leading 一、 (二) 3. 表4: 附件5. 公开06表; a name that merely begins with 一 (一般公共预算) stays."""
    for _ in range(3):
        match = _NUMBERING.match(folded)
        if match is None or not 0 < match.end() < len(folded):
            break
        folded = folded[match.end() :]
    return folded


def strip_year(folded: str) -> str:
    return _YEAR.sub("", folded)


def strip_leader(folded: str) -> str:
    """Without the dot leaders and page number of a contents line."""
    return _TAIL.sub("", folded)


def strip_unit(folded: str) -> str:
    """Without (万元) (单位:元)."""
    return _UNIT_SUFFIX.sub("", folded) if "(" in folded else folded
